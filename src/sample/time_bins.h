// SPDX-License-Identifier: Apache-2.0
// Events on their way into the order of time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace evarrow::sample {

inline constexpr int64_t kStep = 1'000;  // microseconds: of the simulation, and of a bin
// Quiet tiles are looked at once in so many steps.
inline constexpr int64_t kQuietSteps = 8;

struct SensorEvent {
  uint16_t x, y;
  uint16_t t;  // from the beginning of its bin, microseconds
  int8_t polarity;
};

// Events fall into bins of one step, as many as an event may be late.
class TimeBins {
 public:
  void add(int x, int y, int64_t t, int8_t polarity) {
    bins_[bin_of(t)].push_back({.x = static_cast<uint16_t>(x),
                                .y = static_cast<uint16_t>(y),
                                .t = static_cast<uint16_t>(t % kStep),
                                .polarity = polarity});
  }

  // Empties the bin that begins at `t` into `sorted`, in order of time and else of arrival.
  void take(int64_t t, std::vector<SensorEvent>& sorted);

 private:
  static size_t bin_of(int64_t t) noexcept { return static_cast<size_t>(t / kStep % kQuietSteps); }

  std::array<std::vector<SensorEvent>, kQuietSteps> bins_;
};

}  // namespace evarrow::sample
