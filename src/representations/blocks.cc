// SPDX-License-Identifier: Apache-2.0
#include "representations/blocks.h"

#include <algorithm>
#include <string>

#include "evarrow/error.h"

namespace evarrow {

EventColumns columns_of(const EventBatch& events) noexcept {
  return {events.x(), events.y(), events.t(), events.polarity()};
}

Blocks::Blocks(Resolution resolution, Outside outside)
    : loops_(kernels::cell_loops()),
      width_(resolution.width),
      height_(resolution.height),
      outside_(outside) {}

uint64_t Blocks::add(const EventColumns& events, size_t begin, size_t end, size_t fresh,
                     Accumulator& accumulator) {
  uint64_t outside = 0;
  for (size_t at = begin; at < end; at += kRows) {
    const size_t n = std::min(kRows, end - at);
    const int16_t* x = events.x + at;
    const int16_t* y = events.y + at;
    if (!loops_.cells(x, y, n, width_, height_, cell_.data())) {
      outside += add_outside(events, at, n, fresh, accumulator);
      continue;
    }
    accumulator.add({.n = n,
                     .cell = cell_.data(),
                     .x = x,
                     .y = y,
                     .t = events.t == nullptr ? nullptr : events.t + at,
                     .polarity = events.polarity == nullptr ? nullptr : events.polarity + at});
  }
  return outside;
}

uint64_t Blocks::add_outside(const EventColumns& events, size_t begin, size_t n, size_t fresh,
                             Accumulator& accumulator) {
  uint64_t outside = 0;
  size_t kept = 0;
  for (size_t i = begin; i < begin + n; ++i) {
    int16_t x = events.x[i];
    int16_t y = events.y[i];
    if (x < 0 || y < 0 || x >= width_ || y >= height_) {
      if (outside_ == Outside::kRaise) {
        throw Error(ErrorCode::kArgument,
                    "event " + std::to_string(i) + " at (" + std::to_string(x) + ", " +
                        std::to_string(y) + ") lies outside the sensor of " +
                        std::to_string(width_) + " x " + std::to_string(height_) + " pixels");
      }
      outside += i >= fresh ? 1 : 0;
      if (outside_ == Outside::kDrop) continue;
      x = static_cast<int16_t>(std::clamp<int32_t>(x, 0, width_ - 1));
      y = static_cast<int16_t>(std::clamp<int32_t>(y, 0, height_ - 1));
    }
    x_[kept] = x;
    y_[kept] = y;
    t_[kept] = events.t == nullptr ? 0 : events.t[i];
    polarity_[kept] = events.polarity == nullptr ? int8_t{0} : events.polarity[i];
    ++kept;
  }
  if (kept == 0) return outside;
  loops_.cells(x_.data(), y_.data(), kept, width_, height_, cell_.data());
  accumulator.add({.n = kept,
                   .cell = cell_.data(),
                   .x = x_.data(),
                   .y = y_.data(),
                   .t = t_.data(),
                   .polarity = polarity_.data()});
  return outside;
}

}  // namespace evarrow
