// SPDX-License-Identifier: Apache-2.0
// Loops over times that are already a column: are they in order, which range do they span.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::kernels {

struct TimeLoops {
  // The first i with t[i] < t[i - 1], or n.
  size_t (*first_descent)(const int64_t* t, size_t n) noexcept;

  // Makes the range [t_min, t_max] hold all of the times.
  void (*widen_range)(const int64_t* t, size_t n, int64_t& t_min, int64_t& t_max) noexcept;
};

// The best for this machine.
const TimeLoops& time_loops() noexcept;

extern const TimeLoops kTimeLoopsScalar;
extern const TimeLoops kTimeLoopsAvx2;
extern const TimeLoops kTimeLoopsAvx512;

}  // namespace evarrow::kernels
