// SPDX-License-Identifier: Apache-2.0
// What becomes of the events of lines: rows, or a count of them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/columns.h"
#include "kernels/count.h"

namespace evarrow::kernels {

struct TextEvent {
  uint32_t x, y;
  int64_t t;
  uint32_t polarity_bit;
};

// A copy, which no store into a column can change. `kAll`: all columns are wanted, so that their
// strides are known.
template <bool kAll>
inline __attribute__((always_inline)) Columns text_columns(const Columns& out) {
  Columns columns = out;
  if constexpr (kAll) {
    columns.x_stride = columns.y_stride = columns.t_stride = columns.polarity_stride = 1;
  }
  return columns;
}

// take() returns false where there is no room.
struct TakeTextRows {
  Columns columns;
  int8_t off;

  inline __attribute__((always_inline)) bool take(const TextEvent& event) {
    if (columns.size == columns.capacity) return false;
    columns.put(static_cast<int16_t>(event.x), static_cast<int16_t>(event.y), event.t,
                polarity_of(event.polarity_bit, off));
    return true;
  }
};

struct TakeTextCount {
  Count count;

  inline __attribute__((always_inline)) bool take(const TextEvent& event) {
    ++count.events;
    count.t_min = std::min(count.t_min, event.t);
    count.t_max = std::max(count.t_max, event.t);
    return true;
  }
};

}  // namespace evarrow::kernels
