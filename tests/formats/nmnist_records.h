// SPDX-License-Identifier: Apache-2.0
// N-MNIST records by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>

#include "support/decode.h"

namespace evarrow::test::nmnist {

using Record = std::array<uint8_t, 5>;
using Records = std::vector<Record>;

constexpr Record record(int64_t t, int x, int y, bool on) {
  return {static_cast<uint8_t>(x), static_cast<uint8_t>(y),
          static_cast<uint8_t>((on ? 0x80 : 0) | (t >> 16 & 0x7F)), static_cast<uint8_t>(t >> 8),
          static_cast<uint8_t>(t)};
}
// With the bytes that mean nothing set.
constexpr Record overflow() { return {0x5A, 240, 0xDB, 0xA5, 0x99}; }

// How the records are to be read.
struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
};

inline const Format& format() { return *find_format("nmnist"); }

inline std::unique_ptr<Decoder> make_decoder(Reading how = {}) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  return format().make_decoder(header, {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode(const Records& records, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), format(), bytes_of(records), presented);
}

// One record after another.
inline Rows plain_rows(const Records& records, Reading how = {}) {
  Rows rows;
  int64_t overflows = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    const Record& r = records[i];
    if (r[1] == 240) {
      ++overflows;
      continue;
    }
    if (how.width > 0 && (r[0] >= how.width || r[1] >= how.height)) {
      rows.add_fault(FaultKind::kOutOfSensor, i * 5);
      if (how.drop) continue;
    }
    const int64_t t = (r[2] % 128) * 65'536 + r[3] * 256 + r[4];
    rows.events.push_back({.t = overflows * 8192 + t,
                           .x = r[0],
                           .y = r[1],
                           .polarity = r[2] >= 128 ? 1 : int{how.off}});
  }
  return rows;
}

// Records as of the camera: times that move on, and an overflow now and then.
inline Records camera_records(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t end) { return static_cast<int>(random() % end); };
  Records records;
  int64_t t = 0;
  while (records.size() < n) {
    t += below(3);
    if (t >= 8192) {
      records.push_back(overflow());
      t -= 8192;
    }
    records.push_back(record(t, below(34), below(34), below(2) != 0));
  }
  return records;
}

}  // namespace evarrow::test::nmnist
