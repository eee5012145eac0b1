// SPDX-License-Identifier: Apache-2.0
// Loops over rows that are already columns: are they in order, which of them lie in a box.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::kernels {

// The first i with t[i] < t[i - 1], or n.
size_t first_descent(const int64_t* t, size_t n) noexcept;

// Makes the range [t_min, t_max] hold all of the times.
void widen_range(const int64_t* t, size_t n, int64_t& t_min, int64_t& t_max) noexcept;

// The wanted values of each column: lo <= v < hi, but t_last is inclusive. A null column is not
// looked at.
struct Box {
  const int64_t* t = nullptr;
  const int16_t* x = nullptr;
  const int16_t* y = nullptr;
  const int8_t* polarity = nullptr;
  int64_t t_begin = 0, t_last = 0;
  int32_t x_begin = 0, x_end = 0;
  int32_t y_begin = 0, y_end = 0;
  int8_t wanted_polarity = 0;
};

// Writes the numbers of the rows of [0, n) that lie in the box to `kept`; returns how many.
// `kept` has room for n + 8.
size_t select_box(const Box& box, size_t n, uint32_t* kept) noexcept;

// Moves values [kept[0]], [kept[1]], ... of `values` to its front.
template <typename T>
void gather(T* to, const T* values, const uint32_t* kept, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) to[i] = values[kept[i]];
}

}  // namespace evarrow::kernels
