// SPDX-License-Identifier: Apache-2.0
// The rows of a batch that lie in a box. Source: design rule 5.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evarrow/event.h"
#include "evarrow/predicate.h"
#include "filters/mover.h"
#include "kernels/select.h"

namespace evarrow {

// Which columns of a schema a predicate bounds; kMaxColumns stands for one that it does not have.
struct BoxColumns {
  size_t t, x, y, polarity;
};

class BoxFilter {
 public:
  BoxFilter(const Predicate& predicate, const BoxColumns& columns);

  // The columns it looks at, a bit each.
  uint32_t columns() const noexcept { return columns_; }

  // Moves the wanted rows of [begin, end) of `from` to row `at` and on of `to`, which may be
  // `from` if `at` is no more than `begin`, and has room for all; returns how many they are. All
  // of these rows may lie past the size of the batch.
  size_t keep(const Batch& from, size_t begin, size_t end, Batch& to, size_t at) const;

  // The first half of it, for one block: no more than kBlock rows. Sets a bit for each wanted row,
  // from the lowest of the first word on; returns how many they are.
  static constexpr size_t kBlock = kBlockRows;
  size_t select(const Batch& from, size_t begin, size_t n, uint64_t* bits) const noexcept;
  // The same of columns, of which those that are not bounded may be null.
  size_t select(const EventSpan& values, size_t n, uint64_t* bits) const noexcept {
    return selector_.box(box_of(values), n, bits);
  }

 private:
  bool bounds(size_t column) const noexcept;
  kernels::Box box_of(const EventSpan& values) const noexcept;

  const kernels::Selector& selector_;
  Predicate predicate_;
  BoxColumns at_;
  uint32_t columns_ = 0;
  RowMover mover_;
};

}  // namespace evarrow
