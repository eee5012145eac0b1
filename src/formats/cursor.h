// SPDX-License-Identifier: Apache-2.0
// From batches to the pointers that the loops write through, and back.
#pragma once

#include "evarrow/event.h"
#include "evarrow/format.h"
#include "kernels/columns.h"

namespace evarrow {

// Scratch lines for the columns that are not wanted; one a decoder.
struct ScratchLines {
  alignas(64) int64_t t[kernels::kOvershoot];
  alignas(64) int16_t x[kernels::kOvershoot];
  alignas(64) int16_t y[kernels::kOvershoot];
  alignas(64) int8_t polarity[kernels::kOvershoot];
};

// The free part of `events`; without a batch all columns are scratch and there is no end of room.
inline kernels::Columns columns_of(Batch* events, ScratchLines& scratch) noexcept {
  kernels::Columns columns{.x = scratch.x,
                           .y = scratch.y,
                           .t = scratch.t,
                           .polarity = scratch.polarity,
                           .x_stride = 0,
                           .y_stride = 0,
                           .t_stride = 0,
                           .polarity_stride = 0,
                           .size = 0,
                           .capacity = SIZE_MAX};
  if (events == nullptr) return columns;
  const auto use = [&](size_t column, auto*& pointer, size_t& stride) {
    if (!events->has(column)) return;
    pointer = events->column<std::remove_reference_t<decltype(*pointer)>>(column);
    stride = 1;
  };
  use(kX, columns.x, columns.x_stride);
  use(kY, columns.y, columns.y_stride);
  use(kT, columns.t, columns.t_stride);
  use(kPolarity, columns.polarity, columns.polarity_stride);
  columns.size = events->size();
  columns.capacity = events->capacity();
  return columns;
}

inline void commit(Batch* events, const kernels::Columns& columns) noexcept {
  if (events != nullptr) events->resize(columns.size);
}

// Appends a row, whose values have the types of the columns, to a batch of another stream than the
// events. False if there is no room.
template <typename... Values>
bool append_row(Batch* batch, Values... values) noexcept {
  if (batch == nullptr) return true;
  if (batch->room() == 0) return false;
  const size_t row = batch->size();
  size_t column = 0;
  const auto set = [&]<typename Value>(Value value) {
    if (batch->has(column)) batch->column<Value>(column)[row] = value;
    ++column;
  };
  (set(values), ...);
  batch->resize(row + 1);
  return true;
}

}  // namespace evarrow
