// SPDX-License-Identifier: Apache-2.0
#include "scan/select.h"

namespace evarrow {
Selection::Selection(const Predicate& predicate, const Stream& stream)
    : predicate_(predicate),
      t_(stream.t),
      filter_(predicate,
              {.t = stream.t, .x = stream.x, .y = stream.y, .polarity = stream.polarity}) {}

bool Selection::whole_span_wanted(const Batch& batch, size_t begin, size_t end) const noexcept {
  if (columns() != column_bit(t_)) return false;
  const auto* t = batch.column<int64_t>(t_);
  return t[begin] >= predicate_.t_begin &&
         (predicate_.t_end == INT64_MAX || t[end - 1] < predicate_.t_end);
}

size_t Selection::keep(Batch& batch, size_t to, size_t begin, size_t end, bool in_order) {
  const size_t n = end - begin;
  if (n == 0 || is_all() || (in_order && whole_span_wanted(batch, begin, end))) {
    if (to != begin) batch.copy_rows(to, batch, begin, n);
    return n;
  }
  return filter_.keep(batch, begin, end, batch, to);
}

}  // namespace evarrow
