// SPDX-License-Identifier: Apache-2.0
#include "filters/mover.h"

namespace evarrow {
namespace {

// Calls `move` with the values of a column from row `begin` of `from`, and of row `at` of `to`.
template <typename Move>
void with_values(const Batch& from, size_t begin, Batch& to, size_t at, size_t column, Move move) {
  switch (width_of(from.schema()[column].type)) {
    case 1:
      return move(to.column<int8_t>(column) + at, from.column<int8_t>(column) + begin);
    case 2:
      return move(to.column<int16_t>(column) + at, from.column<int16_t>(column) + begin);
    case 4:
      return move(to.column<int32_t>(column) + at, from.column<int32_t>(column) + begin);
    default:
      return move(to.column<int64_t>(column) + at, from.column<int64_t>(column) + begin);
  }
}

}  // namespace

void RowMover::move(const Batch& from, size_t begin, size_t n, const uint64_t* bits, size_t kept,
                    Batch& to, size_t at) noexcept {
  if (kept == 0) return;
  if (kept == n) {
    if (&from != &to || at != begin) to.copy_rows(at, from, begin, n);
    return;
  }
  const bool few = kept <= numbers_.size();
  if (few) kernels::list_rows(bits, n, numbers_.data());
  for (size_t column = 0; column < from.schema().size(); ++column) {
    if (!from.has(column) || !to.has(column)) continue;
    with_values(from, begin, to, at, column, [&]<typename T>(T* values, const T* source) {
      if (few) {
        kernels::gather(values, source, numbers_.data(), kept);
      } else {
        selector_.compact(values, source, bits, n);
      }
    });
  }
}

}  // namespace evarrow
