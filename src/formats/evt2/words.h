// SPDX-License-Identifier: Apache-2.0
// The words of EVT 2.0: 32 bits, little-endian.
#pragma once

#include <cstdint>

namespace evarrow::evt2 {

enum Type : uint32_t {
  kOff = 0x0,
  kOn = 0x1,
  kTimeHigh = 0x8,
  kTrigger = 0xA,
  kImu = 0xD,
  kOther = 0xE,
  kContinued = 0xF
};

// 31..28 type | 27..22 time, low 6 bits | 21..11 x | 10..0 y
constexpr uint32_t type(uint32_t word) { return word >> 28; }
constexpr uint32_t time_low(uint32_t word) { return word >> 22 & 0x3F; }
constexpr int16_t x(uint32_t word) { return static_cast<int16_t>(word >> 11 & 0x7FF); }
constexpr int16_t y(uint32_t word) { return static_cast<int16_t>(word & 0x7FF); }
// 31..28 type | 27..0 time, bits 33..6
constexpr uint32_t time_high(uint32_t word) { return word & 0x0FFF'FFFF; }
// 31..28 type | 27..22 time | 12..8 input | 0 edge
constexpr int16_t trigger_id(uint32_t word) { return static_cast<int16_t>(word >> 8 & 0x1F); }
constexpr uint32_t trigger_value(uint32_t word) { return word & 1; }
// 31..28 type | 27..22 time | 16 class | 15..0 subtype
constexpr uint32_t subtype(uint32_t word) { return word & 0xFFFF; }
// 21..0 of the CONTINUED behind an event rate counter
constexpr int32_t rate_count(uint32_t word) { return static_cast<int32_t>(word & 0x3F'FFFF); }

constexpr bool is_event(uint32_t type) { return type <= kOn; }
// Types that the specification defines, as a bit set.
constexpr uint32_t kDefined = 1U << kOff | 1U << kOn | 1U << kTimeHigh | 1U << kTrigger |
                              1U << kImu | 1U << kOther | 1U << kContinued;

inline constexpr uint32_t kRateIn = 0x14;   // OTHER subtype: events before the rate controller
inline constexpr uint32_t kRateOut = 0x16;  // and after it
inline constexpr int64_t kLap = int64_t{1} << 34;  // microseconds until the clock starts over

constexpr uint32_t make_event(bool on, int64_t t, int32_t x, int32_t y) {
  return (on ? kOn : kOff) << 28 | static_cast<uint32_t>(t & 0x3F) << 22 |
         static_cast<uint32_t>(x) << 11 | static_cast<uint32_t>(y);
}
constexpr uint32_t make_time_high(int64_t high) {
  return kTimeHigh << 28 | static_cast<uint32_t>(high & 0x0FFF'FFFF);
}
constexpr uint32_t make_trigger(int64_t t, int32_t id, bool on) {
  return kTrigger << 28 | static_cast<uint32_t>(t & 0x3F) << 22 | static_cast<uint32_t>(id) << 8 |
         (on ? 1U : 0U);
}

}  // namespace evarrow::evt2
