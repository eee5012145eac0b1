// SPDX-License-Identifier: Apache-2.0
#include "filters/box.h"

#include <algorithm>
#include <utility>

namespace evarrow {
namespace {

// No bit for a column that the schema does not have.
uint32_t bit(size_t column) noexcept { return column < kMaxColumns ? uint32_t{1} << column : 0; }

}  // namespace

BoxFilter::BoxFilter(const Predicate& predicate, const BoxColumns& columns)
    : selector_(kernels::selector()), predicate_(predicate), at_(columns) {
  if (predicate.has_time()) columns_ |= bit(columns.t);
  if (predicate.has_region()) columns_ |= bit(columns.x) | bit(columns.y);
  if (predicate.polarity) columns_ |= bit(columns.polarity);
}

bool BoxFilter::bounds(size_t column) const noexcept { return (columns_ & bit(column)) != 0; }

kernels::Box BoxFilter::box_of(const EventSpan& values) const noexcept {
  kernels::Box box;
  if (bounds(at_.t)) {
    box.t = values.t;
    box.t_begin = predicate_.t_begin;
    box.t_last = predicate_.t_end == INT64_MAX ? INT64_MAX : predicate_.t_end - 1;
  }
  if (bounds(at_.x)) {
    // Bounds past what a column can hold would not survive the subtraction.
    box.x = values.x;
    box.y = values.y;
    box.x_begin = std::clamp(predicate_.x_begin, -32'768, 32'768);
    box.x_end = std::clamp(predicate_.x_end, box.x_begin, 32'768);
    box.y_begin = std::clamp(predicate_.y_begin, -32'768, 32'768);
    box.y_end = std::clamp(predicate_.y_end, box.y_begin, 32'768);
  }
  if (bounds(at_.polarity)) {
    box.polarity = values.polarity;
    box.wanted_polarity = predicate_.polarity.value_or(0);
  }
  return box;
}

size_t BoxFilter::select(const Batch& from, size_t begin, size_t n, uint64_t* bits) const noexcept {
  EventSpan values = {};
  if (bounds(at_.t)) values.t = from.column<int64_t>(at_.t) + begin;
  if (bounds(at_.x)) {
    values.x = from.column<int16_t>(at_.x) + begin;
    values.y = from.column<int16_t>(at_.y) + begin;
  }
  if (bounds(at_.polarity)) values.polarity = from.column<int8_t>(at_.polarity) + begin;
  return select(values, n, bits);
}

size_t BoxFilter::keep(const Batch& from, size_t begin, size_t end, Batch& to, size_t at) const {
  const size_t first = at;
  BlockBits bits;
  for (; begin < end; begin += kBlock) {
    const size_t n = std::min(kBlock, end - begin);
    const size_t kept = select(from, begin, n, bits.data());
    mover_.move(from, begin, n, bits.data(), kept, to, at);
    at += kept;
  }
  return at - first;
}

}  // namespace evarrow
