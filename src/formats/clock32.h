// SPDX-License-Identifier: Apache-2.0
// A clock of 32 bits, all of which are in every word.
#pragma once

#include <cstdint>

#include "kernels/clock32.h"

namespace evarrow {

class Clock32 {
 public:
  // Of `now`, the clock of the next word, microseconds.
  int64_t advance(uint32_t now) noexcept {
    if (kernels::starts_over(last_, now)) epoch_ += int64_t{1} << 32;
    last_ = now;
    return epoch_ + now;
  }

  int64_t epoch() const noexcept { return epoch_; }
  uint32_t last() const noexcept { return last_; }
  void set(int64_t epoch, uint32_t last) noexcept {
    epoch_ = epoch;
    last_ = last;
  }

 private:
  int64_t epoch_ = 0;
  uint32_t last_ = 0;  // from 0 no step leads back: a fresh clock needs no mark of its own
};

}  // namespace evarrow
