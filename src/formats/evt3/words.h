// SPDX-License-Identifier: Apache-2.0
// The words of EVT 3.0: 16 bits, little-endian; each changes the state or gives events.
#pragma once

#include <cstdint>

namespace evarrow::evt3 {

enum Type : uint32_t {
  kAddrY = 0x0,
  kOtherRow = 0x1,  // a row of grey-level events, of old sensors
  kAddrX = 0x2,
  kVectBaseX = 0x3,
  kVect12 = 0x4,
  kVect8 = 0x5,
  kTimeLow = 0x6,
  kContinued4 = 0x7,
  kTimeHigh = 0x8,
  kTrigger = 0xA,
  kImu = 0xD,
  kOthers = 0xE,
  kContinued12 = 0xF
};

// 15..12 type | 11..0 content
constexpr uint32_t type(uint32_t word) { return word >> 12; }
constexpr uint32_t content(uint32_t word) { return word & 0xFFF; }
// ADDR_X, VECT_BASE_X: 11 polarity | 10..0 x. ADDR_Y: 11 camera | 10..0 y
constexpr uint32_t coordinate(uint32_t word) { return word & 0x7FF; }
constexpr uint32_t polarity_bit(uint32_t word) { return word >> 11 & 1; }
// EXT_TRIGGER: 11..8 input | 0 edge
constexpr int16_t trigger_id(uint32_t word) { return static_cast<int16_t>(word >> 8 & 0xF); }
constexpr uint32_t trigger_value(uint32_t word) { return word & 1; }

// CONTINUED: 12 or 4 bits of the payload of an OTHERS
constexpr uint32_t payload_bits(uint32_t word) {
  return type(word) == kContinued4 ? word & 0xF : word & 0xFFF;
}

// Types that the specification does not define, as a bit set.
constexpr uint32_t kUndefined = 1U << 0x9 | 1U << 0xB | 1U << 0xC;

inline constexpr uint32_t kRateIn = 0x014;    // OTHERS: events before the rate controller
inline constexpr uint32_t kRateOut = 0x016;   // and after it
inline constexpr uint32_t kHalfRange = 2048;  // of TIME_HIGH: a step back this far is a new lap
inline constexpr int64_t kLap = int64_t{1} << 24;  // microseconds until the clock starts over

constexpr uint16_t make_word(Type type, uint32_t content) {
  return static_cast<uint16_t>(type << 12 | content);
}

}  // namespace evarrow::evt3
