// SPDX-License-Identifier: Apache-2.0
// The records of Event Stream 2: a byte that moves the clock, behind which an event may stand.
// Numbers are little-endian. Source: the specification in
// https://github.com/neuromorphicsystems/event_stream
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::es {

// Where and when an event is, and the byte offset of its record.
struct Place {
  int32_t x, y;
  int64_t t;
  uint64_t offset;
};

// 7..1 time since the record before, 0 to 126 us | 0 polarity; x, y: 16 bits each
struct Dvs {
  static constexpr size_t kRecord = 5;
  static constexpr uint32_t kFirstPause = 0xFE;  // bytes from here on stand alone
  static constexpr int64_t pause(uint32_t byte) { return byte == 0xFF ? 127 : 0; }
  static constexpr int64_t delta(uint32_t byte) { return byte >> 1; }
  static constexpr bool is_change(uint32_t byte) { return byte < kFirstPause; }
  static constexpr uint32_t polarity_bit(uint32_t byte) { return byte & 1; }

  template <typename Sink>
  static bool put(const uint8_t* record, const Place& at, Sink& sink) noexcept {
    return sink.put_change(at, polarity_bit(record[0]));
  }
};

// 7..2 time, 0 to 62 us | 1 polarity, or which threshold | 0 threshold crossing instead of change;
// x, y: 16 bits each
struct Atis {
  static constexpr size_t kRecord = 5;
  static constexpr uint32_t kFirstPause = 0xFC;
  static constexpr int64_t pause(uint32_t byte) { return int64_t{63} * (byte & 3); }
  static constexpr int64_t delta(uint32_t byte) { return byte >> 2; }
  static constexpr bool is_change(uint32_t byte) { return byte < kFirstPause && (byte & 1) == 0; }
  static constexpr uint32_t polarity_bit(uint32_t byte) { return byte >> 1 & 1; }

  template <typename Sink>
  static bool put(const uint8_t* record, const Place& at, Sink& sink) noexcept {
    const uint32_t bit = polarity_bit(record[0]);
    return is_change(record[0]) ? sink.put_change(at, bit) : sink.put_crossing(at, bit);
  }
};

// 7..0 time, 0 to 253 us; x, y: 16 bits each; red, green, blue: 8 bits each
struct Color {
  static constexpr size_t kRecord = 8;
  static constexpr uint32_t kFirstPause = 0xFE;
  static constexpr int64_t pause(uint32_t byte) { return byte == 0xFF ? 254 : 0; }
  static constexpr int64_t delta(uint32_t byte) { return byte; }
  static constexpr bool is_change(uint32_t byte) { return byte < kFirstPause; }
  static constexpr uint32_t polarity_bit(uint32_t /*byte*/) { return 1; }  // there is none

  template <typename Sink>
  static bool put(const uint8_t* record, const Place& at, Sink& sink) noexcept {
    return sink.put_color(at, record + 5);
  }
};

// 7..0 time, 0 to 253 us; then the length in bytes of 7 bits, low ones first: 7..1 bits of the
// length | 0 another byte follows; then the string.
struct Generic {
  static constexpr uint32_t kFirstPause = 0xFE;
  static constexpr int64_t pause(uint32_t byte) { return byte == 0xFF ? 254 : 0; }
  static constexpr uint64_t length_bits(uint32_t byte) { return byte >> 1; }
  static constexpr bool length_goes_on(uint32_t byte) { return (byte & 1) != 0; }
};

constexpr int32_t x(const uint8_t* record) { return record[1] | record[2] << 8; }
constexpr int32_t y(const uint8_t* record) { return record[3] | record[4] << 8; }  // 0: the bottom

}  // namespace evarrow::es
