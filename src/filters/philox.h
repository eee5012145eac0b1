// SPDX-License-Identifier: Apache-2.0
// Random numbers that depend on a seed and on the number of what they are for, and on nothing
// else: not on threads, nor on where the events are cut. Source: Salmon, Moraes, Dror and Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", 2011: Philox4x32-10.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace evarrow {

// What numbers are drawn for: numbers of one purpose say nothing of those of another.
enum class Purpose : uint32_t {
  kParameters = 0,
  kPlace = 1,
  kTime = 2,
  kDrop = 3,
  kPixel = 4,
  kNoise = 5,
  kNoiseCount = 6,
  kSeeds = 7,
};

class Philox {
 public:
  using Block = std::array<uint32_t, 4>;

  constexpr Philox(uint64_t seed, Purpose purpose) noexcept
      : key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
        purpose_(static_cast<uint32_t>(purpose)) {}

  // Four numbers of 32 bits for the thing of that number.
  constexpr Block operator()(uint64_t number, uint32_t turn = 0) const noexcept {
    return rounds(
        {static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32), purpose_, turn}, key_);
  }

  static constexpr Block rounds(Block counter, std::array<uint32_t, 2> key) noexcept {
    for (int round = 0; round < 10; ++round) {
      const uint64_t a = uint64_t{0xD2511F53} * counter[0];
      const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
      counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
                 static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return counter;
  }

 private:
  std::array<uint32_t, 2> key_;
  uint32_t purpose_;
};

// 0 <= number < 1 in steps of 2^-53, out of half a block.
constexpr double unit(const Philox::Block& block, size_t half) noexcept {
  const uint64_t bits = uint64_t{block[2 * half + 1]} << 32 | block[2 * half];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

// Two numbers of mean 0 and deviation 1, by the method of Box and Muller. None is beyond
// kMostDeviations.
inline constexpr double kMostDeviations = 8.6;  // sqrt(-2 ln 2^-53) is 8.57

inline std::array<double, 2> normals(const Philox::Block& block) noexcept {
  const double radius = std::sqrt(-2 * std::log(1 - unit(block, 0)));
  const double angle = 2 * std::numbers::pi * unit(block, 1);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace evarrow
