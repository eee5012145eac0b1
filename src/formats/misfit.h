// SPDX-License-Identifier: Apache-2.0
// How badly words fit a format: words of one format read as another are of undefined types, or
// have clock words at random.
#pragma once

#include <algorithm>
#include <cstdint>

namespace evarrow {

// How far times may step back in a recording whose events are not in order, microseconds; steps
// further back are damage in any case.
inline constexpr uint32_t kDisorder = 10'000;

class MisfitTally {
 public:
  // `range`: of the clock words, a power of two. `slack`: what kDisorder is in their unit; so far
  // they may step back as often as they like.
  MisfitTally(uint32_t range, uint32_t slack) : range_(range), slack_(slack) {}

  void word(bool fits) noexcept {
    ++words_;
    unfit_ += fits ? 0 : 1;
  }

  void clock(uint32_t value) noexcept {
    const uint32_t step = (value - last_) & (range_ - 1);
    if (clocks_ != 0 && step >= range_ / 2 && range_ - step > slack_) ++steps_back_;
    last_ = value;
    ++clocks_;
  }

  // The share of words that do not fit, or of clock words that step back past what a disordered
  // recording may have, whichever is larger; 1 if there is no clock at all.
  double share() const noexcept {
    if (words_ == 0) return 0;
    if (clocks_ == 0) return 1;
    const auto part = [](uint64_t some, uint64_t all) {
      return static_cast<double>(some) / static_cast<double>(all);
    };
    // At random every other clock word steps back.
    constexpr double kUsual = 0.4;
    return std::max(part(unfit_, words_), part(steps_back_, clocks_) - kUsual);
  }

 private:
  uint32_t range_;
  uint32_t slack_;
  uint32_t last_ = 0;
  uint64_t words_ = 0;
  uint64_t unfit_ = 0;
  uint64_t clocks_ = 0;
  uint64_t steps_back_ = 0;
};

}  // namespace evarrow
