// SPDX-License-Identifier: Apache-2.0
#include "filters/held_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

template <typename T>
void gather(T* to, const T* from, const std::vector<uint32_t>& order) noexcept {
  for (size_t i = 0; i < order.size(); ++i) to[i] = from[order[i]];
}

void gather_column(Batch& to, const Batch& from, size_t column,
                   const std::vector<uint32_t>& order) noexcept {
  switch (width_of(from.schema()[column].type)) {
    case 1:
      return gather(to.column<int8_t>(column), from.column<int8_t>(column), order);
    case 2:
      return gather(to.column<int16_t>(column), from.column<int16_t>(column), order);
    case 4:
      return gather(to.column<int32_t>(column), from.column<int32_t>(column), order);
    default:
      return gather(to.column<int64_t>(column), from.column<int64_t>(column), order);
  }
}

// Room for n rows like those of `like`.
void prepare(EventBatch& batch, const EventBatch& like, size_t n) {
  if (batch.schema().data() != like.schema().data()) {
    batch = EventBatch(Batch(like.schema(), n));
  } else if (batch.capacity() < n) {
    batch.reserve(std::max(n, batch.capacity() + batch.capacity() / 2));
  }
}

}  // namespace

void HeldRows::append(const EventBatch& events) {
  if (rows_.size() == 0) rows_.resize(0);
  const size_t n = rows_.size() + events.size();
  if (n > UINT32_MAX) {
    throw Error(ErrorCode::kArgument, "a filter cannot hold back more than 2^32 events");
  }
  prepare(rows_, events, n);
  rows_.copy_rows(rows_.size(), events, 0, events.size());
  rows_.resize(n);
}

void HeldRows::sort_by_time() {
  const int64_t* t = rows_.t();
  if (std::is_sorted(t, t + rows_.size())) return;
  order_.resize(rows_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::stable_sort(order_, [t](uint32_t a, uint32_t b) { return t[a] < t[b]; });
  rearrange();
}

void HeldRows::rearrange() {
  prepare(spare_, rows_, order_.size());
  for (size_t column = 0; column < rows_.schema().size(); ++column) {
    gather_column(spare_, rows_, column, order_);
  }
  spare_.resize(order_.size());
  std::swap(rows_, spare_);
}

void HeldRows::take_before(int64_t time, EventBatch& to) {
  const int64_t* t = rows_.t();
  take(static_cast<size_t>(std::lower_bound(t, t + rows_.size(), time) - t), to);
}

void HeldRows::take(size_t n, EventBatch& to) {
  replace_rows(to, rows_, 0, n);
  rows_.copy_rows(0, rows_, n, rows_.size() - n);
  rows_.resize(rows_.size() - n);
}

void HeldRows::take_all_backwards(EventBatch& to) {
  order_.resize(rows_.size());
  std::iota(order_.rbegin(), order_.rend(), 0U);
  rearrange();
  take_all(to);
}

void replace_rows(EventBatch& to, const EventBatch& from, size_t begin, size_t n) {
  to.resize(0);
  if (n == 0) return;
  prepare(to, from, n);
  to.copy_rows(0, from, begin, n);
  to.resize(n);
}

}  // namespace evarrow
