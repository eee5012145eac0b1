// SPDX-License-Identifier: Apache-2.0
// Bins of time: which one a time is in, and from which time on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "evarrow/representation.h"
#include "kernels/cells.h"

namespace evarrow {

// The times from `first` to `last` at which a number that never falls with time first reaches
// `low + 1`, ..., `high`. Where it never does: a time behind `last`.
template <typename NumberOf>
std::vector<int64_t> find_cuts(int64_t first, int64_t last, int64_t low, int64_t high,
                               NumberOf number_of) {
  std::vector<int64_t> cuts;
  for (int64_t number = low + 1; number <= high; ++number) {
    int64_t begin = cuts.empty() ? first : cuts.back();
    uint64_t rest = static_cast<uint64_t>(last) - static_cast<uint64_t>(begin);
    while (rest > 0) {
      const uint64_t half = rest / 2;
      const auto middle = static_cast<int64_t>(static_cast<uint64_t>(begin) + half);
      if (number_of(middle) >= number) {
        rest = half;
      } else {
        begin = middle + 1;
        rest -= half + 1;
      }
    }
    if (begin == last && number_of(last) < number) {
      // No time is that late; none after the greatest there is could be told from it.
      cuts.resize(static_cast<size_t>(high - low), last == INT64_MAX ? last : last + 1);
      break;
    }
    cuts.push_back(begin);
  }
  return cuts;
}

// Goes through bins as events come.
class BinWalk {
 public:
  void set(std::vector<int64_t> cuts, bool in_order) {
    cuts_ = std::move(cuts);
    in_order_ = in_order;
    go_to(0);
  }

  const std::vector<int64_t>& cuts() const noexcept { return cuts_; }
  size_t number() const noexcept { return number_; }  // of the bin at hand

  size_t number_of(int64_t t) const noexcept {
    return static_cast<size_t>(std::ranges::upper_bound(cuts_, t) - cuts_.begin());
  }

  void go_to(size_t number) noexcept {
    number_ = number;
    begin_ = number == 0 ? INT64_MIN : cuts_[number - 1];
    last_ = number < cuts_.size() ? cuts_[number] - 1 : INT64_MAX;
  }

  // Calls `add(begin, end)` for rows of the bin at hand, and `next(number)` before those of another
  // one, which it has gone to.
  template <typename Add, typename Next>
  void walk(const Block& block, Add add, Next next) {
    size_t begin = 0;
    while (begin < block.n) {
      const size_t end = end_of_run(block, begin);
      if (begin < end) add(begin, end);
      if (end < block.n) next(number_of(block.t[end]));
      begin = end;
    }
  }

 private:
  // The first row from `begin` on that is not in the bin at hand.
  size_t end_of_run(const Block& block, size_t begin) const noexcept {
    if (in_order_) {
      const int64_t* const t = block.t;
      if (t[begin] < begin_) return begin;  // where pieces have been handed over out of order
      if (t[block.n - 1] <= last_) return block.n;
      return static_cast<size_t>(std::upper_bound(t + begin, t + block.n, last_) - t);
    }
    if (kernels::cell_loops().all_within(block.t + begin, block.n - begin, begin_, last_)) {
      return block.n;
    }
    size_t end = begin;
    while (end < block.n && block.t[end] >= begin_ && block.t[end] <= last_) ++end;
    return end;
  }

  std::vector<int64_t> cuts_;  // where the bins from the second on begin
  bool in_order_ = false;
  size_t number_ = 0;
  int64_t begin_ = INT64_MIN, last_ = INT64_MAX;  // of the bin at hand
};

}  // namespace evarrow
