// SPDX-License-Identifier: Apache-2.0
#include "representations/blocks.h"

#include <algorithm>
#include <string>

#include "evarrow/error.h"

namespace evarrow {

CountedColumns columns_of(const EventBatch& events) noexcept {
  return {events.x(), events.y(), events.t(), events.polarity()};
}

Blocks::Blocks(Resolution resolution, Outside outside)
    : loops_(kernels::cell_loops()),
      width_(resolution.width),
      height_(resolution.height),
      outside_(outside) {}

uint64_t Blocks::add(const CountedColumns& events, size_t begin, size_t end, size_t fresh,
                     uint64_t row, Accumulator& accumulator) {
  uint64_t outside = 0;
  for (size_t at = begin; at < end; at += kRows) {
    const size_t n = std::min(kRows, end - at);
    if (add_inside(events, at, n, row + (at - begin), accumulator)) continue;
    for (size_t i = at; i < at + n; ++i) {
      if (is_inside(events, i)) continue;
      if (outside_ == Outside::kRaise) {
        throw Error(ErrorCode::kArgument,
                    "event " + std::to_string(row + (i - begin)) + " at (" +
                        std::to_string(events.x[i]) + ", " + std::to_string(events.y[i]) +
                        ") lies outside the sensor of " + std::to_string(width_) + " x " +
                        std::to_string(height_) + " pixels");
      }
      outside += i >= fresh ? 1 : 0;
    }
    if (outside_ == Outside::kDrop) {
      add_runs(events, at, n, row + (at - begin), accumulator);
    } else {
      add_moved(events, at, n, row + (at - begin), accumulator);
    }
  }
  return outside;
}

// Hands no more than kRows rows over, unless one of them lies outside.
bool Blocks::add_inside(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                        Accumulator& accumulator) {
  const int16_t* x = events.x + begin;
  const int16_t* y = events.y + begin;
  if (!loops_.cells(x, y, n, width_, height_, cell_.data())) return false;
  accumulator.add({.n = n,
                   .row = row,
                   .cell = cell_.data(),
                   .x = x,
                   .y = y,
                   .t = events.t == nullptr ? nullptr : events.t + begin,
                   .polarity = events.polarity == nullptr ? nullptr : events.polarity + begin});
  return true;
}

void Blocks::add_runs(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                      Accumulator& accumulator) {
  const size_t end = begin + n;
  for (size_t at = begin; at < end; ++at) {
    size_t behind = at;
    while (behind < end && is_inside(events, behind)) ++behind;
    if (at < behind) add_inside(events, at, behind - at, row + (at - begin), accumulator);
    at = behind;
  }
}

void Blocks::add_moved(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                       Accumulator& accumulator) {
  for (size_t i = 0; i < n; ++i) {
    x_[i] = static_cast<int16_t>(std::clamp<int32_t>(events.x[begin + i], 0, width_ - 1));
    y_[i] = static_cast<int16_t>(std::clamp<int32_t>(events.y[begin + i], 0, height_ - 1));
  }
  CountedColumns moved = events;
  moved.x = x_.data();
  moved.y = y_.data();
  if (moved.t != nullptr) moved.t += begin;
  if (moved.polarity != nullptr) moved.polarity += begin;
  add_inside(moved, 0, n, row, accumulator);
}

}  // namespace evarrow
