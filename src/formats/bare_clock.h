// SPDX-License-Identifier: Apache-2.0
// What tells records without a header from other bytes: their times.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow {

// The times of records, one after the other.
class BareClock {
 public:
  void add(int64_t t) noexcept {
    steps_ += t != last_ ? 1 : 0;
    steps_back_ += t < last_ ? 1 : 0;
    ++count_;
    last_ = t;
  }

  // Whether they could be those of a clock: it does not stand still and hardly ever steps back.
  bool runs() const noexcept {
    constexpr size_t kFew = 3;
    constexpr size_t kStepsBackShare = 64;  // one in so many, and one more
    return count_ >= kFew && steps_ > 1 && steps_back_ <= 1 + count_ / kStepsBackShare;
  }

 private:
  int64_t last_ = 0;
  size_t count_ = 0;
  size_t steps_ = 0;
  size_t steps_back_ = 0;
};

}  // namespace evarrow
