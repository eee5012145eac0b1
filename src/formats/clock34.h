// SPDX-License-Identifier: Apache-2.0
// The clock of EVT 2.0 and 2.1: TIME_HIGH words with bits 33..6 of the time.
#pragma once

#include <cstdint>

#include "evarrow/format.h"

namespace evarrow {

// A step back by more than half the range is the clock starting over.
class Clock34 {
 public:
  static constexpr uint64_t kNotStarted = uint64_t{1} << 28;

  bool started() const noexcept { return high_ != kNotStarted; }
  // Of the epoch and the last TIME_HIGH together, microseconds.
  int64_t base() const noexcept { return epoch_ + static_cast<int64_t>(high_ << 6); }

  void set_high(uint32_t high) noexcept {
    constexpr uint64_t kHalf = uint64_t{1} << 27;
    if (started() && high_ > high + kHalf) epoch_ += int64_t{1} << 34;
    high_ = high;
  }

  int64_t epoch() const noexcept { return epoch_; }
  uint64_t high() const noexcept { return high_; }
  void set(int64_t epoch, uint64_t high) noexcept {
    epoch_ = epoch;
    high_ = high <= kNotStarted ? high : kNotStarted;
  }

 private:
  int64_t epoch_ = 0;
  uint64_t high_ = kNotStarted;
};

}  // namespace evarrow
