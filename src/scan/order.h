// SPDX-License-Identifier: Apache-2.0
// Puts rows that stepped back in time a little into order, where they were written.
#pragma once

#include <cstdint>
#include <deque>

#include "evarrow/event.h"

namespace evarrow {

// The rows of a few batches seen as one table, from global row `first` on.
class HeldRows {
 public:
  HeldRows(std::deque<Batch>& batches, uint64_t first) : batches_(batches), first_(first) {}

  uint64_t begin() const noexcept { return first_; }
  uint64_t end() const noexcept;
  int64_t t(uint64_t row, size_t t_column) const noexcept;
  // The first row of [from, to), which is in order, whose time is greater than `t`; or `to`.
  uint64_t upper_bound(uint64_t from, uint64_t to, int64_t t, size_t t_column) const noexcept;
  // Sorts rows [from, to) by time; rows of the same time stay in the order they have.
  void sort(uint64_t from, uint64_t to, size_t t_column);

 private:
  struct Place {
    Batch* batch;
    size_t row;
  };
  Place place(uint64_t row) const noexcept;

  std::deque<Batch>& batches_;
  uint64_t first_;
};

// Rows [row, stop) of which the first is earlier than the row before it: they end where time is
// past what came before them again.
struct Stretch {
  uint64_t stop;
  int64_t least;       // of their times
  uint64_t step_back;  // microseconds, the largest
};

// The stretch that begins with `row`; it ends at `end` at most, and there with `all`.
Stretch find_stretch(const HeldRows& rows, uint64_t row, uint64_t end, size_t t_column, bool all);

// Sorts the stretch that begins with `row` in among the rows before it; rows [barrier, row) are in
// order. False if a row would have to go back over more rows than the horizon allows; none does.
bool repair_stretch(HeldRows& rows, uint64_t barrier, uint64_t row, const Stretch& stretch,
                    size_t t_column);

// Puts rows [begin, rows.end()) into order among those before them, back to `barrier` at most;
// rows [barrier, begin) are in order. False if one did not fit.
bool repair_order(HeldRows& rows, uint64_t barrier, uint64_t begin, size_t t_column);

}  // namespace evarrow
