// SPDX-License-Identifier: Apache-2.0
// The records of Event Stream 2: a byte that moves the clock, behind which an event may stand.
// Numbers are little-endian. Source: the specification in
// https://github.com/neuromorphicsystems/event_stream
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::es {

// 7..1 time since the record before, 0 to 126 us | 0 polarity; x, y: 16 bits each
struct Dvs {
  static constexpr size_t kRecord = 5;
  static constexpr uint32_t kFirstPause = 0xFE;  // bytes from here on stand alone
  static constexpr int64_t pause(uint32_t byte) { return byte == 0xFF ? 127 : 0; }
  static constexpr int64_t delta(uint32_t byte) { return byte >> 1; }
  static constexpr bool is_change(uint32_t /*byte*/) { return true; }
  static constexpr uint32_t polarity_bit(uint32_t byte) { return byte & 1; }
};

// 7..2 time, 0 to 62 us | 1 polarity | 0 threshold crossing instead of change; x, y: 16 bits each
struct Atis {
  static constexpr size_t kRecord = 5;
  static constexpr uint32_t kFirstPause = 0xFC;
  static constexpr int64_t pause(uint32_t byte) { return int64_t{63} * (byte & 3); }
  static constexpr int64_t delta(uint32_t byte) { return byte >> 2; }
  static constexpr bool is_change(uint32_t byte) { return (byte & 1) == 0; }
  static constexpr uint32_t polarity_bit(uint32_t byte) { return byte >> 1 & 1; }
};

// 7..0 time, 0 to 253 us; x, y: 16 bits each; red, green, blue: 8 bits each
struct Color {
  static constexpr size_t kRecord = 8;
  static constexpr uint32_t kFirstPause = 0xFE;
  static constexpr int64_t pause(uint32_t byte) { return byte == 0xFF ? 254 : 0; }
  static constexpr int64_t delta(uint32_t byte) { return byte; }
  static constexpr bool is_change(uint32_t /*byte*/) { return true; }
  static constexpr uint32_t polarity_bit(uint32_t /*byte*/) { return 1; }  // there is none
};

constexpr int32_t x(const uint8_t* record) { return record[1] | record[2] << 8; }
constexpr int32_t y(const uint8_t* record) { return record[3] | record[4] << 8; }  // 0: the bottom

}  // namespace evarrow::es
