// SPDX-License-Identifier: Apache-2.0
// The words of EVT 4.0: 32 bits, little-endian.
#pragma once

#include <cstdint>

namespace evarrow::evt4 {

enum Type : uint32_t {
  kOther = 0x6,
  kContinued = 0x7,
  kTrigger = 0x9,
  kOff = 0xA,
  kOn = 0xB,
  kVectorOff = 0xC,
  kVectorOn = 0xD,
  kTimeHigh = 0xE,
  kPadding = 0xF
};

// 31..28 type | 27..22 time, low 6 bits | 21..11 x | 10..0 y
constexpr uint32_t type(uint32_t word) { return word >> 28; }
constexpr uint32_t time_low(uint32_t word) { return word >> 22 & 0x3F; }
constexpr uint32_t x(uint32_t word) { return word >> 11 & 0x7FF; }
constexpr uint32_t y(uint32_t word) { return word & 0x7FF; }
// Of an event or a vector.
constexpr uint32_t polarity(uint32_t word) { return type(word) & 1; }
// 31..28 type | 27..0 time, bits 33..6
constexpr uint32_t time_high(uint32_t word) { return word & 0x0FFF'FFFF; }
// 31..28 type | 27..22 time | 12..8 input | 7..1 count | 0 edge
constexpr int16_t trigger_id(uint32_t word) { return static_cast<int16_t>(word >> 8 & 0x1F); }
constexpr uint32_t trigger_value(uint32_t word) { return word & 1; }
// 31..28 type | 27..22 time | 15..0 subtype
constexpr uint32_t subtype(uint32_t word) { return word & 0xFFFF; }
// 21..0 of the CONTINUED behind an event rate counter
constexpr int32_t rate_count(uint32_t word) { return static_cast<int32_t>(word & 0x3F'FFFF); }

constexpr bool is_event(uint32_t word) { return type(word) == kOff || type(word) == kOn; }
// The next word is no word of a type but 32 pixels: bit i is an event at x + i.
constexpr bool is_vector(uint32_t word) {
  return type(word) == kVectorOff || type(word) == kVectorOn;
}
constexpr bool is_defined(uint32_t word) {
  return type(word) >= kTrigger || type(word) == kOther || type(word) == kContinued;
}

inline constexpr int32_t kVectorPixels = 32;
inline constexpr uint32_t kRateIn = 0x14;   // OTHER subtype: events before the rate controller
inline constexpr uint32_t kRateOut = 0x16;  // and after it

constexpr uint32_t make_event(Type off_type, bool on, int64_t t, uint32_t x, uint32_t y) {
  return (off_type | (on ? 1U : 0U)) << 28 | static_cast<uint32_t>(t & 0x3F) << 22 | x << 11 | y;
}
constexpr uint32_t make_time_high(int64_t high) {
  return kTimeHigh << 28 | static_cast<uint32_t>(high & 0x0FFF'FFFF);
}
constexpr uint32_t make_trigger(int64_t t, int32_t id, bool on) {
  return kTrigger << 28 | static_cast<uint32_t>(t & 0x3F) << 22 | static_cast<uint32_t>(id) << 8 |
         (on ? 1U : 0U);
}

}  // namespace evarrow::evt4
