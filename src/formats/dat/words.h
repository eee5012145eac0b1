// SPDX-License-Identifier: Apache-2.0
// The records of DAT: 64 bits, little-endian, the time in the lower half.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/dat.h"

namespace evarrow::dat {

// The two bytes in front of the records: what they are, and how many bytes each has.
enum Type : uint8_t { kEvents2d = 0x00, kEvents = 0x0C, kTriggers = 0x0E, kRates = 0x11 };
inline constexpr uint8_t kRecordBytes = 8;

// Header::layout. Without one, records are those of version 2.
inline constexpr std::string_view kEventsOf1 = "cd1";
inline constexpr std::string_view kEventsOf2 = "cd2";
inline constexpr std::string_view kTriggerLayout = "trigger";
inline constexpr std::string_view kRateLayout = "erc";

constexpr uint32_t time(uint64_t word) { return static_cast<uint32_t>(word); }
constexpr uint32_t rest(uint64_t word) { return static_cast<uint32_t>(word >> 32); }

// Version 1: 17 polarity | 16..9 y | 8..0 x
inline constexpr kernels::DatFields kFieldsOf1 = {
    .x_mask = 0x1FF, .y_shift = 9, .y_mask = 0xFF, .on_shift = 17, .on_mask = 0x1};
// Version 2: 31..28 polarity | 27..14 y | 13..0 x
inline constexpr kernels::DatFields kFieldsOf2 = {
    .x_mask = 0x3FFF, .y_shift = 14, .y_mask = 0x3FFF, .on_shift = 28, .on_mask = 0xF};
// Bits above those of version 1, and bits of the polarity that are never set.
constexpr bool is_beyond_1(uint32_t rest) { return rest >> 18 != 0; }
constexpr bool is_beyond_2(uint32_t rest) { return rest >> 29 != 0; }

// Triggers: 31..26 input | 3..0 edge
constexpr int16_t trigger_id(uint32_t rest) { return static_cast<int16_t>(rest >> 26); }
constexpr uint32_t trigger_value(uint32_t rest) { return (rest & 0xF) != 0 ? 1 : 0; }
constexpr bool is_odd_trigger(uint32_t rest) { return (rest & 0x03FF'FFFE) != 0; }
// Event rates: 31 behind the rate controller | 30..0 count
constexpr int32_t rate_count(uint32_t rest) { return static_cast<int32_t>(rest & 0x7FFF'FFFF); }
constexpr int8_t rate_output(uint32_t rest) { return static_cast<int8_t>(rest >> 31); }

constexpr uint64_t make_event(bool on, int64_t t, int32_t x, int32_t y) {
  const uint32_t rest =
      (on ? 1U : 0U) << 28 | static_cast<uint32_t>(y) << 14 | static_cast<uint32_t>(x);
  return uint64_t{rest} << 32 | static_cast<uint32_t>(t);
}
constexpr uint64_t make_trigger(bool on, int64_t t, int32_t id) {
  const uint32_t rest = static_cast<uint32_t>(id) << 26 | (on ? 1U : 0U);
  return uint64_t{rest} << 32 | static_cast<uint32_t>(t);
}

}  // namespace evarrow::dat
