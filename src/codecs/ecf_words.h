// SPDX-License-Identifier: Apache-2.0
// What an ECF block is made of; all numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::codecs::ecf {

// 31..2 events | 1..0 mode; then the first time, 64 bits
inline constexpr size_t kHeaderBytes = 12;

// A run is a value above a count of these bits; all ones: the count is in the next 16 bits.
// 7..4 time that has passed | 3..0 count
inline constexpr uint32_t kTimeCountBits = 4;
// 15..5 y | 4..0 count
inline constexpr uint32_t kRowCountBits = 5;
// 7 polarity | 6..0 count
inline constexpr uint32_t kPolarityCountBits = 7;
constexpr uint32_t long_count(uint32_t count_bits) { return (1U << count_bits) - 1; }

// Of a time that has passed: 3..0 are four bits of it, the next ones are in the next byte, the
// lowest come first. The first byte without this mark is a run.
inline constexpr uint32_t kLongTime = 15;
inline constexpr uint32_t kMostTimeBits = 64;

// 15..5 x | 4..0 whether there are events at x + 1 (bit 4) to x + 5 (bit 0), too
inline constexpr uint32_t kStepBits = 5;

// Packed events come in groups, of which the last is complete, too.
inline constexpr size_t kGroup = 4;
inline constexpr size_t kWordsOfGroup = 3;  // of 16 bits without y, of 32 bits with it
// 22..12 y | 11..1 x | 0 polarity
constexpr uint32_t packed_y(uint32_t value) { return value >> 12 & 0x7FF; }
constexpr uint32_t packed_x(uint32_t value) { return value >> 1 & 0x7FF; }
constexpr uint32_t packed_polarity(uint32_t value) { return value & 1; }

}  // namespace evarrow::codecs::ecf
