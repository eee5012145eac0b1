// SPDX-License-Identifier: Apache-2.0
// The clock of formats that have 32 bits of the time in every record.
#pragma once

#include <cstdint>
#include <string>

#include "formats/clock32.h"
#include "formats/encoding.h"

namespace evarrow {

class Clock32Writer {
 public:
  Clock32Writer() = default;
  // The clock behind a row of this time.
  explicit Clock32Writer(int64_t t) noexcept : t_(t) {}

  int64_t t() const noexcept { return t_; }

  // Moves to a time of the same lap to which one step leads; else nothing changes, and it is false.
  bool step_to(int64_t t) noexcept {
    if (t >> 32 != t_ >> 32 || t_ - t > int64_t{1} << 31) return false;
    t_ = t;
    return true;
  }

  // Moves to any time that can be next, or refuses the row. No record can bring the clock to
  // another one.
  void advance(RowName row, int64_t t, const char* format) {
    Clock32 next;
    next.set(t_ >> 32 << 32, static_cast<uint32_t>(t_));
    if (next.advance(static_cast<uint32_t>(t)) != t) {
      refuse_row(row, "t is " + std::to_string(t) + " us, but the clock of " + format +
                          " starts over every 2^32 us (71 min), and only steps of less than half "
                          "of that lead past it: it is at " +
                          std::to_string(t_) +
                          " us; read with origin=\"start\", sort the rows by t, or split the "
                          "recording");
    }
    t_ = t;
  }

 private:
  int64_t t_ = 0;
};

}  // namespace evarrow
