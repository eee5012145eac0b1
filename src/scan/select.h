// SPDX-License-Identifier: Apache-2.0
// Which rows of a batch a predicate wants.
#pragma once

#include <cstdint>

#include "evarrow/predicate.h"
#include "filters/box.h"
#include "scan/stream.h"

namespace evarrow {

class Selection {
 public:
  Selection(const Predicate& predicate, const Stream& stream);

  // The columns it looks at.
  uint32_t columns() const noexcept { return filter_.columns(); }
  bool is_all() const noexcept { return columns() == 0; }
  bool is_empty() const noexcept { return predicate_.is_empty(); }

  // Moves the wanted rows of [begin, end), which may lie past the size of `batch`, to row `to` and
  // on; returns how many they are. `in_order`: their times do not decrease.
  size_t keep(Batch& batch, size_t to, size_t begin, size_t end, bool in_order);

 private:
  bool whole_span_wanted(const Batch& batch, size_t begin, size_t end) const noexcept;

  Predicate predicate_;
  size_t t_;
  BoxFilter filter_;
};

}  // namespace evarrow
