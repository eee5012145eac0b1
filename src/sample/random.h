// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine: splitmix64, whose state is a counter.
#pragma once

#include <cstdint>
#include <numbers>

namespace evarrow::sample {

// Mixes the bits of `value`, one to one.
constexpr uint64_t mix(uint64_t value) noexcept {
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
  value = (value ^ value >> 27) * 0x94D049BB133111EBU;
  return value ^ value >> 31;
}

class Random {
 public:
  // Numbers of another `stream` of the same seed are unrelated.
  Random(uint64_t seed, uint64_t stream) noexcept : counter_(mix(mix(seed) + stream)) {}

  uint64_t next() noexcept { return mix(counter_ += 0x9E3779B97F4A7C15U); }

  // 0 <= number < 1, in steps of 2^-53.
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

  double between(double low, double high) noexcept { return low + (high - low) * unit(); }

  // 0 <= number < limit.
  uint32_t below(uint32_t limit) noexcept {
    return static_cast<uint32_t>(((next() >> 32) * limit) >> 32);
  }

  // Mean 0, deviation 1, never beyond 3.5.
  double bell() noexcept { return (unit() + unit() + unit() + unit() - 2.0) * std::numbers::sqrt3; }

 private:
  uint64_t counter_;
};

}  // namespace evarrow::sample
