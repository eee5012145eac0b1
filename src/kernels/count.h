// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace evarrow::kernels {

// The events of a stretch of words, without their rows.
struct Count {
  uint64_t events = 0;
  int64_t t_min = INT64_MAX;  // t_min > t_max: there are none
  int64_t t_max = INT64_MIN;

  // Adds `n` events whose times are `base` and a number from `least` to `greatest`.
  void add(uint64_t n, int64_t base, uint32_t least, uint32_t greatest) noexcept {
    if (n == 0) return;
    events += n;
    t_min = std::min(t_min, base + least);
    t_max = std::max(t_max, base + greatest);
  }

  // Adds it to a summary.
  template <class Summary>
  void add_to(Summary& summary) const noexcept {
    summary.events += events;
    summary.t_min = std::min(summary.t_min, t_min);
    summary.t_max = std::max(summary.t_max, t_max);
  }
};

}  // namespace evarrow::kernels
