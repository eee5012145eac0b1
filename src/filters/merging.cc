// SPDX-License-Identifier: Apache-2.0
#include "filters/merging.h"

#include <algorithm>
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "filters/held_rows.h"

namespace evarrow {

MergingFilter::MergingFilter(std::string_view name, FilterTraits traits)
    : Filter(name, {.changes = traits.changes, .creates = true, .learns = traits.learns}) {}

void MergingFilter::make_room(size_t rows) {
  if (made_.capacity() < rows) made_.reserve(std::max(rows, made_.capacity() * 3 / 2 + 64));
}

void MergingFilter::add(int16_t x, int16_t y, int64_t t, bool on) {
  const size_t at = made_.size();
  make_room(at + 1);
  made_.x()[at] = x;
  made_.y()[at] = y;
  made_.t()[at] = t;
  made_.polarity()[at] = static_cast<int8_t>(on ? 1 : -1);
  made_.resize(at + 1);
}

void MergingFilter::add_rows(const EventBatch& from, size_t begin, size_t n) {
  make_room(made_.size() + n);
  made_.copy_rows(made_.size(), from, begin, n);
  made_.resize(made_.size() + n);
}

void MergingFilter::restart() {
  started_ = false;
  latest_ = INT64_MIN;
  rewind();
}

void MergingFilter::run(EventBatch& events) {
  const size_t n = events.size();
  if (n == 0) return;
  const int64_t* t = events.t();
  if (t[0] < latest_ || !std::is_sorted(t, t + n)) {
    throw Error(ErrorCode::kArgument,
                std::string(name()) +
                    " puts events between others that are in order of time, and "
                    "these are not: sort them by t first");
  }
  latest_ = t[n - 1];
  if (!started_) start(t[0]);
  started_ = true;
  made_.resize(0);
  make_until(latest_);
  const size_t m = made_.size();
  if (m == 0) return;
  merged_.resize(0);
  if (merged_.schema().data() != events.schema().data() || merged_.capacity() < n + m) {
    merged_ = EventBatch(Batch(events.schema(), (n + m) * 3 / 2));
  }
  const bool numbered = events.schema().size() > kRow;
  size_t at = 0;
  size_t from = 0;
  for (size_t i = 0; i < m; ++i) {
    const int64_t time = made_.t()[i];
    const size_t begin = from;
    while (from < n && t[from] <= time) ++from;
    merged_.copy_rows(at, events, begin, from - begin);
    at += from - begin;
    merged_.copy_rows(at, made_, i, 1);
    if (numbered) merged_.column<int64_t>(kRow)[at] = -1;
    ++at;
  }
  merged_.copy_rows(at, events, from, n - from);
  merged_.resize(n + m);
  std::swap(events, merged_);
}

void MergingFilter::release(EventBatch& rest) {
  if (!started_) start(0);
  made_.resize(0);
  make_rest();
  const size_t n = made_.size();
  rest.reserve(n);
  rest.copy_rows(0, made_, 0, n);
  if (rest.schema().size() > kRow) std::fill_n(rest.column<int64_t>(kRow), n, int64_t{-1});
  rest.resize(n);
}

}  // namespace evarrow
