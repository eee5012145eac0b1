// SPDX-License-Identifier: Apache-2.0
// Where a loop writes events. A column that is not wanted has stride 0: every store goes to the
// same line of scratch memory, so that no loop needs a branch for it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace evarrow::kernels {

// Words are loaded from the file as they stand there.
static_assert(std::endian::native == std::endian::little);

// No kernel stores more than this many values past the row it has come to.
inline constexpr size_t kOvershoot = 64;

struct Columns {
  int16_t* x;
  int16_t* y;
  int64_t* t;
  int8_t* polarity;
  size_t x_stride, y_stride, t_stride, polarity_stride;  // 1, or 0
  size_t size;                                           // rows there are
  size_t capacity;                                       // rows there may be

  void put(int16_t x_value, int16_t y_value, int64_t t_value, int8_t polarity_value) noexcept {
    x[size * x_stride] = x_value;
    y[size * y_stride] = y_value;
    t[size * t_stride] = t_value;
    polarity[size * polarity_stride] = polarity_value;
    ++size;
  }
  size_t room() const noexcept { return capacity - size; }
};

// Events of one row, time and polarity: bit i is an event at x + i.
struct Pixels {
  uint32_t bits;
  uint32_t x;
  uint32_t y;
  int64_t t;
  int8_t polarity;
};

inline bool has_all(const Columns& columns) noexcept {
  return (columns.x_stride & columns.y_stride & columns.t_stride & columns.polarity_stride) != 0;
}

// The polarity byte of a bit: 1, or `off` (-1 or 0).
constexpr int8_t polarity_of(uint32_t bit, int8_t off) noexcept {
  return static_cast<int8_t>(((bit - 1U) & static_cast<uint32_t>(off)) | bit);
}

}  // namespace evarrow::kernels
