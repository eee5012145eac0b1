// SPDX-License-Identifier: Apache-2.0
#include "formats/hdf5/period_starts.h"

#include <algorithm>
#include <utility>

namespace evarrow::hdf5 {
namespace {

bool is_in_order(const int64_t* t, size_t n) noexcept {
  bool any = false;  // without a branch, many at a time
  for (size_t i = 1; i < n; ++i) any |= t[i] < t[i - 1];
  return !any;
}

}  // namespace

// Whether a time is in the next period or behind it; no sum can be too large this way.
bool PeriodStarts::is_at_boundary(int64_t t) const noexcept {
  return t >= first_ && (static_cast<uint64_t>(t) - static_cast<uint64_t>(first_)) /
                                static_cast<uint64_t>(period_) >=
                            next_;
}

void PeriodStarts::add(const EventBatch& events, uint64_t before) {
  const int64_t* t = events.t();
  const size_t n = events.size();
  if (n == 0) return;
  if (!started_) first_ = t[0];
  started_ = true;
  const bool in_order = is_in_order(t, n);
  const auto is_earlier = [this](int64_t time) { return !is_at_boundary(time); };
  for (size_t i = 0; next_ < kMost;) {
    i = in_order ? static_cast<size_t>(std::partition_point(t + i, t + n, is_earlier) - t)
                 : static_cast<size_t>(std::find_if_not(t + i, t + n, is_earlier) - t);
    if (i == n) return;
    while (next_ < kMost && is_at_boundary(t[i])) {
      found_.push_back({.row = before + i, .t = t[i]});
      ++next_;
    }
  }
}

std::vector<PeriodStart> PeriodStarts::take() { return std::exchange(found_, {}); }

}  // namespace evarrow::hdf5
