// SPDX-License-Identifier: Apache-2.0
// Bins of time: which one a time is in, and from which time on.
#pragma once

#include <cstdint>
#include <vector>

namespace evarrow {

// The times between `first` and `last` at which a number that never falls with time first reaches
// `low + 1`, ..., `high`. Where it never does: a time behind `last`.
template <typename NumberOf>
std::vector<int64_t> find_cuts(int64_t first, int64_t last, int64_t low, int64_t high,
                               NumberOf number_of) {
  std::vector<int64_t> cuts;
  for (int64_t number = low + 1; number <= high; ++number) {
    // `begin` is the least time that can be the answer; `end` is one, if it is at most `last`.
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

}  // namespace evarrow
