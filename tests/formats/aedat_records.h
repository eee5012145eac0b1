// SPDX-License-Identifier: Apache-2.0
// Records of AEDAT 1 and 2 and packets of AEDAT 3 by name, and slow decoders that follow the
// specification to the letter.
#pragma once

#include <array>
#include <bit>
#include <limits>
#include <map>
#include <random>
#include <string>

#include "support/decode.h"

namespace evarrow::test::aedat {

using Stream = std::vector<uint8_t>;

struct Address {
  uint32_t address;
  uint32_t t;
};
using Addresses = std::vector<Address>;

// How they are to be read.
struct Reading {
  const char* format = "aedat2";
  const char* layout = "davis";
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
};

inline const Format& format_of(const Reading& how) { return *find_format(how.format); }

inline std::unique_ptr<Decoder> make_decoder(const Reading& how) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  header.layout = how.layout;
  return format_of(how).make_decoder(header, {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode(const Stream& bytes, const Reading& how, Presented presented = {}) {
  return decode_with(*make_decoder(how), format_of(how), bytes_of(bytes), presented);
}

constexpr uint32_t davis(uint32_t x, uint32_t y, bool on) {
  return y << 22 | x << 12 | (on ? 1U : 0U) << 11;
}
constexpr uint32_t dvs128(uint32_t x, uint32_t y, bool on) {
  return y << 8 | x << 1 | (on ? 0U : 1U);
}
constexpr uint32_t davis_signal(uint32_t type) { return 1U << 10 | type; }
constexpr uint32_t kDvs128Signal = 0x8000;
constexpr uint32_t kPixel = 0x8000'0123;  // a reading of the frame
// Number `which` of a sample of an IMU.
constexpr uint32_t imu(uint32_t which, int16_t value) {
  return 0x8000'0C00 | which << 28 | uint32_t{static_cast<uint16_t>(value)} << 12;
}

inline void put_big(Stream& stream, uint32_t value, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) stream.push_back(static_cast<uint8_t>(value >> 8 * i));
}

inline Stream stream_of(const Addresses& addresses, size_t bytes) {
  Stream stream;
  for (const Address& one : addresses) {
    put_big(stream, one.address, bytes);
    put_big(stream, one.t, 4);
  }
  return stream;
}

// A special event ends what the one before it in number began.
inline Row3 signal_row(int64_t t, int64_t type, int8_t off) {
  const bool ends = type == 3 || type == 7 || type == 10 || type == 13 || type == 15 || type == 17;
  return {t, ends ? type - 1 : type, ends ? off : 1};
}

// A row of the stream `imu`.
inline Cells imu_row(int64_t t, const std::array<double, 10>& values) {
  Cells cells = {t};
  for (const double value : values) cells.push_back(std::bit_cast<int64_t>(value));
  return cells;
}
inline const double kNaN = std::numeric_limits<double>::quiet_NaN();

// The seven numbers of a sample, as AEDAT 2 has them.
inline Cells imu_row(int64_t t, const std::array<int16_t, 7>& n) {
  const auto accel = [&](size_t i) { return n[i] / 8192.0 * 9.80665; };
  const auto gyro = [&](size_t i) { return n[i] / 65.5 * kRadiansPerDegree; };
  return imu_row(t, {accel(0), accel(1), accel(2), gyro(4), gyro(5), gyro(6), kNaN, kNaN, kNaN,
                     n[3] / 340.0 + 35});
}

inline void add_event(Rows& rows, const Reading& how, Event event, uint64_t offset) {
  if (how.width > 0 && (event.x >= how.width || event.y >= how.height)) {
    rows.add_fault(FaultKind::kOutOfSensor, offset);
    if (how.drop) return;
  }
  rows.events.push_back(event);
}

// One address after another.
inline Rows plain_rows(const Addresses& addresses, const Reading& how) {
  const bool is_davis = std::string(how.layout) == "davis";
  const size_t record = std::string(how.format) == "aedat1" ? 6 : 8;
  Rows rows;
  std::map<uint32_t, int16_t> seen;  // of a sample of the IMU
  int64_t epoch = 0;
  int64_t last = 0;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const uint32_t a = addresses[i].address;
    const int64_t now = addresses[i].t;
    if (last - now > (int64_t{1} << 31)) epoch += int64_t{1} << 32;
    last = now;
    const int64_t t = epoch + now;
    if (is_davis && (a & 0x8000'0C00) == 0x8000'0C00) {
      const uint32_t which = a >> 28 & 7;
      if (which == 0) seen.clear();
      if (which < 7) seen[which] = static_cast<int16_t>(a >> 12);
      if (seen.size() < 7) continue;
      rows.imu.push_back(imu_row(t, std::array<int16_t, 7>{seen[0], seen[1], seen[2], seen[3],
                                                           seen[4], seen[5], seen[6]}));
      seen.clear();
    }
    if (is_davis && a >= 0x8000'0000) continue;
    if (is_davis && (a & 0x400) != 0) {
      rows.triggers.push_back(signal_row(t, a % 1024, how.off));
    } else if (!is_davis && (a & 0x8000) != 0) {
      rows.triggers.emplace_back(t, 0, 1);
    } else if (is_davis) {
      add_event(rows, how,
                {t, static_cast<int>(a / 4096 % 1024), static_cast<int>(a / (1 << 22) % 512),
                 (a & 0x800) != 0 ? 1 : int{how.off}},
                i * record);
    } else {
      add_event(rows, how,
                {t, static_cast<int>(a / 2 % 128), static_cast<int>(a / 256 % 128),
                 a % 2 == 0 ? 1 : int{how.off}},
                i * record);
    }
  }
  return rows;
}

inline void put_little(Stream& stream, uint32_t value, size_t bytes = 4) {
  for (size_t i = 0; i < bytes; ++i) stream.push_back(static_cast<uint8_t>(value >> 8 * i));
}

// A packet of AEDAT 3: `words` are its content, `size` bytes to an event.
inline Stream packet(uint32_t type, uint32_t overflow, const std::vector<uint32_t>& words,
                     uint32_t size = 8) {
  Stream stream;
  const auto number = static_cast<uint32_t>(words.size() * 4 / size);
  put_little(stream, type, 2);
  put_little(stream, 1, 2);
  for (const uint32_t value : {size, 4U, overflow, number, number, number})
    put_little(stream, value);
  for (const uint32_t word : words) put_little(stream, word);
  return stream;
}
constexpr uint32_t polarity31(uint32_t x, uint32_t y, bool on, bool valid = true) {
  return x << 17 | y << 2 | (on ? 2U : 0U) | (valid ? 1U : 0U);
}
constexpr uint32_t polarity30(uint32_t x, uint32_t y, bool on) {
  return x << 18 | y << 4 | (on ? 2U : 0U) | 1U;
}
constexpr uint32_t special(uint32_t type, uint32_t data = 0, bool valid = true) {
  return data << 8 | type << 1 | (valid ? 1U : 0U);
}

inline Stream joined(const std::vector<Stream>& parts) {
  Stream stream;
  for (const Stream& part : parts) stream.insert(stream.end(), part.begin(), part.end());
  return stream;
}

}  // namespace evarrow::test::aedat
