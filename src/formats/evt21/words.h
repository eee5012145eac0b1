// SPDX-License-Identifier: Apache-2.0
// The words of EVT 2.1: 64 bits; in the legacy order the two halves are exchanged.
#pragma once

#include <bit>
#include <cstdint>

namespace evarrow::evt21 {

enum Type : uint64_t {
  kOff = 0x0,
  kOn = 0x1,
  kTimeHigh = 0x8,
  kTrigger = 0xA,
  kOthers = 0xE,
  kContinued = 0xF
};

// 63..60 type | 59..54 time, low 6 bits | 53..43 x | 42..32 y | 31..0 pixels from x on
constexpr uint64_t type(uint64_t word) { return word >> 60; }
constexpr uint32_t time_low(uint64_t word) { return static_cast<uint32_t>(word >> 54 & 0x3F); }
constexpr uint32_t x(uint64_t word) { return static_cast<uint32_t>(word >> 43 & 0x7FF); }
constexpr uint32_t y(uint64_t word) { return static_cast<uint32_t>(word >> 32 & 0x7FF); }
constexpr uint32_t pixels(uint64_t word) { return static_cast<uint32_t>(word); }
// 63..60 type | 59..32 time, bits 33..6
constexpr uint32_t time_high(uint64_t word) {
  return static_cast<uint32_t>(word >> 32 & 0x0FFF'FFFF);
}
// 63..60 type | 59..54 time | 44..40 input | 32 edge
constexpr int16_t trigger_id(uint64_t word) { return static_cast<int16_t>(word >> 40 & 0x1F); }
constexpr uint32_t trigger_value(uint64_t word) { return static_cast<uint32_t>(word >> 32 & 1); }
// 63..60 type | 59..54 time | 48 class | 47..32 subtype | 31..0 payload
constexpr uint32_t subtype(uint64_t word) { return static_cast<uint32_t>(word >> 32 & 0xFFFF); }
// The payload of a counter is a CONTINUED of EVT 2.0: 31..28 are set | 21..0 count
constexpr bool has_count(uint64_t word) { return (word >> 28 & 0xF) == 0xF; }
constexpr int32_t rate_count(uint64_t word) { return static_cast<int32_t>(word & 0x3F'FFFF); }

constexpr bool is_event(uint64_t type) { return type <= kOn; }
// Types that the specification defines, as a bit set.
constexpr uint32_t kDefined =
    1U << kOff | 1U << kOn | 1U << kTimeHigh | 1U << kTrigger | 1U << kOthers | 1U << kContinued;

inline constexpr uint32_t kRateIn = 0x14;   // OTHERS subtype: events before the rate controller
inline constexpr uint32_t kRateOut = 0x16;  // and after it

constexpr uint64_t swap_halves(uint64_t word) { return std::rotl(word, 32); }

constexpr uint64_t make_word(uint64_t type, int64_t t, uint64_t rest) {
  return type << 60 | static_cast<uint64_t>(t & 0x3F) << 54 | rest;
}
constexpr uint64_t make_time_high(int64_t high) {
  return kTimeHigh << 60 | static_cast<uint64_t>(high & 0x0FFF'FFFF) << 32;
}

}  // namespace evarrow::evt21
