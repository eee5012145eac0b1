// SPDX-License-Identifier: Apache-2.0
// The records of N-MNIST files: 5 bytes, big-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::nmnist {

inline constexpr size_t kRecord = 5;

// byte 0: x | byte 1: y | bytes 2 to 4: 23 polarity | 22..0 time, microseconds
constexpr int32_t x(const uint8_t* record) { return record[0]; }
constexpr int32_t y(const uint8_t* record) { return record[1]; }
constexpr uint32_t polarity_bit(const uint8_t* record) { return record[2] >> 7U; }
constexpr int64_t time(const uint8_t* record) {
  return int64_t{record[2] & 0x7F} << 16 | int64_t{record[3]} << 8 | int64_t{record[4]};
}

// The bytes of a record, the first one in the lowest bits.
constexpr uint64_t make_record(uint16_t x, uint16_t y, uint64_t t, bool on) {
  const uint64_t high = (on ? 0x80U : 0U) | t >> 16;
  return uint64_t{x} | uint64_t{y} << 8 | high << 16 | (t >> 8 & 0xFF) << 24 | (t & 0xFF) << 32;
}

// A row below the sensor's last says that the camera's 13-bit counter has started over.
inline constexpr int32_t kOverflowRow = 240;
inline constexpr int64_t kOverflow = 8192;  // microseconds
constexpr bool is_overflow(const uint8_t* record) { return y(record) == kOverflowRow; }

}  // namespace evarrow::nmnist
