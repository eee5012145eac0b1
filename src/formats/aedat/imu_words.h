// SPDX-License-Identifier: Apache-2.0
// A sample of the IMU of a DAVIS in AEDAT 2: seven words of the same time, a number each.
#pragma once

#include <array>
#include <cstdint>

#include "evarrow/event.h"
#include "formats/aedat/measures.h"

namespace evarrow::aedat {

// The words of a sample that were seen so far.
class ImuWords {
 public:
  static constexpr uint32_t kNumbers = 7;  // acceleration, temperature, angular velocity

  // Takes the address of a word; true if it makes a sample whole. The first number begins a new
  // one.
  constexpr bool take(uint32_t address) noexcept {
    const uint32_t which = address >> 28 & 7;
    if (which >= kNumbers) return false;
    if (which == 0) *this = ImuWords();
    numbers_[which] = static_cast<uint16_t>(address >> 12);
    seen_ = static_cast<uint16_t>(seen_ | 1U << which);
    return seen_ == (1U << kNumbers) - 1;
  }

  // The ranges that the camera's driver sets: 4 g, 500 degrees/s.
  constexpr Sample sample() const noexcept {
    constexpr double kPerG = 8192;
    constexpr double kPerDegree = 65.5;
    constexpr double kPerKelvin = 340;
    constexpr double kZeroDegrees = 35;
    Sample sample;
    for (size_t i = 0; i < 3; ++i) {
      sample.accel[i] = number(i) / kPerG * kStandardGravity;
      sample.gyro[i] = number(4 + i) / kPerDegree * kRadiansPerDegree;
    }
    sample.temperature = number(3) / kPerKelvin + kZeroDegrees;
    return sample;
  }

  // As two words of a decoder's state.
  constexpr std::array<uint64_t, 2> state() const noexcept {
    std::array<uint64_t, 2> words = {0, uint64_t{seen_} << 48};
    for (size_t i = 0; i < kNumbers; ++i) words[i / 4] |= uint64_t{numbers_[i]} << 16 * (i % 4);
    return words;
  }
  constexpr void set_state(uint64_t first, uint64_t second) noexcept {
    const std::array<uint64_t, 2> words = {first, second};
    for (size_t i = 0; i < kNumbers; ++i) {
      numbers_[i] = static_cast<uint16_t>(words[i / 4] >> 16 * (i % 4));
    }
    seen_ = static_cast<uint16_t>(second >> 48);
  }

 private:
  constexpr double number(size_t i) const noexcept { return static_cast<int16_t>(numbers_[i]); }

  std::array<uint16_t, kNumbers> numbers_{};
  uint16_t seen_ = 0;  // a bit for each
};

}  // namespace evarrow::aedat
