// SPDX-License-Identifier: Apache-2.0
#include "scan/select.h"

#include <algorithm>
#include <cstring>

#include "kernels/rows.h"

namespace evarrow {
namespace {

void move_rows(Batch& batch, size_t to, size_t from, size_t n) noexcept {
  if (to == from || n == 0) return;
  for (size_t column = 0; column < batch.schema().size(); ++column) {
    if (!batch.has(column)) continue;
    const size_t width = width_of(batch.schema()[column].type);
    auto* values = batch.column<std::byte>(column);
    std::memmove(values + to * width, values + from * width, n * width);
  }
}

template <typename T>
void gather_column(Batch& batch, size_t column, size_t to, size_t from, const uint32_t* kept,
                   size_t n) noexcept {
  T* values = batch.column<T>(column);
  kernels::gather(values + to, values + from, kept, n);
}

void gather_rows(Batch& batch, size_t to, size_t from, const uint32_t* kept, size_t n) noexcept {
  for (size_t column = 0; column < batch.schema().size(); ++column) {
    if (!batch.has(column)) continue;
    switch (width_of(batch.schema()[column].type)) {
      case 1:
        gather_column<int8_t>(batch, column, to, from, kept, n);
        break;
      case 2:
        gather_column<int16_t>(batch, column, to, from, kept, n);
        break;
      case 4:
        gather_column<int32_t>(batch, column, to, from, kept, n);
        break;
      default:
        gather_column<int64_t>(batch, column, to, from, kept, n);
    }
  }
}

}  // namespace

Selection::Selection(const Predicate& predicate, const Stream& stream)
    : predicate_(predicate), stream_(stream) {
  if (predicate.has_time()) columns_ |= column_bit(stream.t);
  if (predicate.has_region()) columns_ |= column_bit(stream.x) | column_bit(stream.y);
  if (predicate.polarity) columns_ |= column_bit(stream.polarity);
}

bool Selection::whole_span_wanted(const int64_t* t, size_t begin, size_t end) const noexcept {
  return columns_ == column_bit(stream_.t) && t[begin] >= predicate_.t_begin &&
         (predicate_.t_end == INT64_MAX || t[end - 1] < predicate_.t_end);
}

size_t Selection::keep(Batch& batch, size_t to, size_t begin, size_t end, bool in_order) {
  const size_t n = end - begin;
  if (n == 0 || is_all()) {
    move_rows(batch, to, begin, n);
    return n;
  }
  const auto wanted = [&](size_t column) { return (columns_ & column_bit(column)) != 0; };
  kernels::Box box;
  if (wanted(stream_.t)) {
    const int64_t* t = batch.column<int64_t>(stream_.t);
    if (in_order && whole_span_wanted(t, begin, end)) {
      move_rows(batch, to, begin, n);
      return n;
    }
    box.t = t + begin;
    box.t_begin = predicate_.t_begin;
    box.t_last = predicate_.t_end == INT64_MAX ? INT64_MAX : predicate_.t_end - 1;
  }
  if (wanted(stream_.x)) {
    box.x = batch.column<int16_t>(stream_.x) + begin;
    box.y = batch.column<int16_t>(stream_.y) + begin;
    // Bounds past what a column can hold would not survive the subtraction.
    box.x_begin = std::clamp(predicate_.x_begin, -32'768, 32'768);
    box.x_end = std::clamp(predicate_.x_end, box.x_begin, 32'768);
    box.y_begin = std::clamp(predicate_.y_begin, -32'768, 32'768);
    box.y_end = std::clamp(predicate_.y_end, box.y_begin, 32'768);
  }
  if (wanted(stream_.polarity)) {
    box.polarity = batch.column<int8_t>(stream_.polarity) + begin;
    box.wanted_polarity = predicate_.polarity.value_or(0);
  }
  kept_.resize(n + 8);
  const size_t kept = kernels::select_box(box, n, kept_.data());
  gather_rows(batch, to, begin, kept_.data(), kept);
  return kept;
}

}  // namespace evarrow
