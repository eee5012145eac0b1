// SPDX-License-Identifier: Apache-2.0
// The records of AEDAT 1 and 2, big-endian: an address, then 32 bits of time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/aedat/signals.h"

namespace evarrow::aedat {

enum class Kind : uint8_t { kEvent, kTrigger, kImu, kReading, kOther };

// 15 external input | 14..8 y | 7..1 x | 0 OFF
struct Dvs128 {
  static constexpr Kind kind(uint32_t address) noexcept {
    return (address >> 15 & 1) != 0 ? Kind::kTrigger : Kind::kEvent;
  }
  static constexpr int32_t x(uint32_t address) noexcept {
    return static_cast<int32_t>(address >> 1 & 0x7F);
  }
  static constexpr int32_t y(uint32_t address) noexcept {
    return static_cast<int32_t>(address >> 8 & 0x7F);
  }
  static constexpr uint32_t polarity_bit(uint32_t address) noexcept { return ~address & 1; }
  static constexpr Signal signal(uint32_t /*address*/) noexcept { return {.id = 0, .on = true}; }
};

// 31 pixels of frames or IMU | 30..22 y | 21..12 x | 11 ON | 10 external input | 9..0 of that, its
// type. 31 without 11: readings.h | 31, 11, 10 IMU | 30..28 which number of a sample | 27..12 that
// number
struct Davis {
  static constexpr Kind kind(uint32_t address) noexcept {
    constexpr uint32_t kOfImu = 0x8000'0C00;
    if ((address & kOfImu) == kOfImu) return Kind::kImu;
    constexpr uint32_t kReadingAfter2 = 0x800;  // after 0 and 1 there is no other
    if (address >> 31 != 0) {
      return (address & kReadingAfter2) == 0 ? Kind::kReading : Kind::kOther;
    }
    return (address >> 10 & 1) != 0 ? Kind::kTrigger : Kind::kEvent;
  }
  static constexpr int32_t x(uint32_t address) noexcept {
    return static_cast<int32_t>(address >> 12 & 0x3FF);
  }
  static constexpr int32_t y(uint32_t address) noexcept {
    return static_cast<int32_t>(address >> 22 & 0x1FF);
  }
  static constexpr uint32_t polarity_bit(uint32_t address) noexcept { return address >> 11 & 1; }
  static constexpr Signal signal(uint32_t address) noexcept { return signal_of(address & 0x3FF); }
};

// Bytes of an address.
inline constexpr size_t kAddressOf1 = 2;
inline constexpr size_t kAddressOf2 = 4;

template <size_t kBytes>
constexpr uint32_t big_endian(const uint8_t* bytes) noexcept {
  uint32_t value = 0;
  for (size_t i = 0; i < kBytes; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace evarrow::aedat
