// SPDX-License-Identifier: Apache-2.0
// Whether one row lies in a box.
#pragma once

#include "kernels/select.h"

namespace evarrow::kernels {

inline bool is_empty(const Box& box) {
  return (box.t != nullptr && box.t_begin > box.t_last) ||
         (box.x != nullptr && box.x_begin >= box.x_end) ||
         (box.y != nullptr && box.y_begin >= box.y_end);
}

// lo <= v < hi is one unsigned comparison: v - lo < hi - lo.
inline __attribute__((always_inline)) bool is_within(int32_t value, int32_t begin, int32_t end) {
  return static_cast<uint32_t>(value - begin) < static_cast<uint32_t>(end - begin);
}

inline __attribute__((always_inline)) bool is_time_in_box(const Box& box, size_t row) {
  const int64_t t = box.t[row];
  return static_cast<unsigned>(t >= box.t_begin) & static_cast<unsigned>(t <= box.t_last);
}
inline __attribute__((always_inline)) bool is_x_in_box(const Box& box, size_t row) {
  return is_within(box.x[row], box.x_begin, box.x_end);
}
inline __attribute__((always_inline)) bool is_y_in_box(const Box& box, size_t row) {
  return is_within(box.y[row], box.y_begin, box.y_end);
}
inline __attribute__((always_inline)) bool is_polarity_in_box(const Box& box, size_t row) {
  return box.polarity[row] == box.wanted_polarity;
}

inline __attribute__((always_inline)) bool is_in_box(const Box& box, size_t row) {
  return (box.t == nullptr || is_time_in_box(box, row)) &&
         (box.x == nullptr || is_x_in_box(box, row)) &&
         (box.y == nullptr || is_y_in_box(box, row)) &&
         (box.polarity == nullptr || is_polarity_in_box(box, row));
}

}  // namespace evarrow::kernels
