// SPDX-License-Identifier: Apache-2.0
// Event Stream records by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>
#include <string>

#include "support/decode.h"
#include "support/text.h"

namespace evarrow::test::es {

using Stream = std::vector<uint8_t>;

inline void append(Stream& to, const Stream& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Numbers of 16 bits behind a first byte.
inline Stream record(int first, int x, int y) {
  const auto byte = [](int value) { return static_cast<uint8_t>(value); };
  return {byte(first), byte(x), byte(x >> 8), byte(y), byte(y >> 8)};
}
inline Stream dvs(int step, int x, int y, bool on) { return record(step << 1 | on, x, y); }
inline Stream atis(int step, int x, int y, bool on, bool crossing = false) {
  return record(step << 2 | on << 1 | crossing, x, y);
}
inline Stream color(int step, int x, int y) {
  Stream bytes = record(step, x, y);
  append(bytes, {0xFF, 0xFE, 0xFC});  // colours that look like bytes alone
  return bytes;
}

// A byte string of small numbers.
inline Stream message(int step, size_t size) {
  Stream bytes = {static_cast<uint8_t>(step)};
  size_t left = size;
  do {
    bytes.push_back(static_cast<uint8_t>(left % 128 << 1 | (left >= 128 ? 1 : 0)));
    left /= 128;
  } while (left != 0);
  bytes.resize(bytes.size() + size, 7);
  return bytes;
}

inline Stream joined(const std::vector<Stream>& records) {
  Stream all;
  for (const Stream& one : records) append(all, one);
  return all;
}

// Byte strings of several lengths, with bytes alone between them.
inline Stream messages() {
  return joined(
      {message(2, 3), {0xFF, 0xFE}, message(0, 0), message(253, 200), {0xFF}, message(1, 130)});
}

// How a payload is to be read.
struct Reading {
  std::string type = "dvs";
  int32_t width = 320, height = 240;  // 0: unknown
  bool drop = false;                  // events outside the sensor
  int8_t off = -1;
};

inline const Format& format() { return *find_format("es"); }

inline std::unique_ptr<Decoder> make_decoder(const Reading& how = {}) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  header.fields = {{"type", how.type}};
  return format().make_decoder(header, {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  return test::decode_with(decoder, format(), bytes, how);
}

inline Rows decode(const Stream& stream, const Reading& how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(stream), presented);
}

// One record after another.
class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(std::move(how)) {}

  Rows read(const Stream& stream) {
    if (how_.type == "display") return rows_;
    if (how_.type == "generic") return read_messages(stream);
    const size_t length = how_.type == "color" ? 8 : 5;
    for (size_t at = 0; at < stream.size();) {
      if (is_alone(stream[at])) {
        t_ += alone(stream[at++]);
      } else {
        if (stream.size() - at < length) break;
        take({stream.begin() + static_cast<ptrdiff_t>(at),
              stream.begin() + static_cast<ptrdiff_t>(at + length)},
             at);
        at += length;
      }
    }
    return rows_;
  }

 private:
  bool is_alone(int first) const { return first >= (how_.type == "atis" ? 0xFC : 0xFE); }

  int64_t alone(int first) const {
    if (how_.type == "atis") return 63 * (first - 0xFC);
    if (first == 0xFE) return 0;
    return how_.type == "dvs" ? 127 : 254;
  }

  Rows read_messages(const Stream& stream) {
    for (size_t at = 0; at < stream.size();) {
      const int first = stream[at++];
      t_ += is_alone(first) ? alone(first) : first;
      if (is_alone(first)) continue;
      std::vector<int> bits;
      do {
        if (at == stream.size()) return rows_;
        for (int bit = 1; bit < 8; ++bit) bits.push_back(stream[at] >> bit & 1);
      } while (stream[at++] % 2 == 1);
      uint64_t size = 0;
      for (size_t bit = 0; bit < bits.size(); ++bit) {
        if (bits[bit] != 0 && bit >= 63) return rows_;
        if (bits[bit] != 0) size |= uint64_t{1} << bit;
      }
      if (stream.size() - at < size) break;
      rows_.messages.push_back({t_, static_cast<int64_t>(at), static_cast<int64_t>(size)});
      at += size;
    }
    return rows_;
  }

  void take(const Stream& r, size_t at) {
    const int x = r[1] + 256 * r[2];
    const int y = r[3] + 256 * r[4];
    const bool is_dvs = how_.type == "dvs";
    t_ += is_dvs ? r[0] / 2 : how_.type == "atis" ? r[0] / 4 : r[0];
    const bool on = is_dvs ? r[0] % 2 == 1 : how_.type == "color" || r[0] / 2 % 2 == 1;
    const bool known = how_.width > 0 && how_.height > 0;
    const bool fits = x < 32'768 && y < 32'768;
    if (!fits || (known && (x >= how_.width || y >= how_.height))) {
      rows_.add_fault(FaultKind::kOutOfSensor, at);
      if (how_.drop || !fits) return;
    }
    const int row = known ? how_.height - 1 - y : y;
    if (how_.type == "atis" && r[0] % 2 == 1) {
      rows_.exposures.push_back({x, row, t_, on ? 1 : 0});
      return;
    }
    rows_.events.push_back({.t = t_, .x = x, .y = row, .polarity = on ? 1 : int{how_.off}});
    if (how_.type == "color") rows_.colors.push_back({x, row, t_, r[5], r[6], r[7]});
  }

  Reading how_;
  Rows rows_;
  int64_t t_ = 0;
};

// The front of a file: its header, with any version, type and size.
inline std::vector<std::byte> head(int major, int type, int width = 320, int height = 240) {
  const std::string magic = "Event Stream";
  Stream bytes(magic.begin(), magic.end());
  const auto byte = [](int value) { return static_cast<uint8_t>(value); };
  append(bytes, {byte(major), 3, 7, byte(type)});
  if (type == 1 || type == 2 || type == 4) {
    append(bytes, {byte(width), byte(width >> 8), byte(height), byte(height >> 8)});
  }
  return bytes_of(bytes);
}

// Any bytes; small numbers and bytes that stand alone are frequent.
inline Stream random_stream(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Stream bytes(n);
  for (uint8_t& byte : bytes) {
    const auto value = static_cast<uint8_t>(random());
    byte = random() % 8 == 0 ? static_cast<uint8_t>(0xFC | value % 4) : value % 4 == 0 ? value : 0;
  }
  return bytes;
}

}  // namespace evarrow::test::es
