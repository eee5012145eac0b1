// SPDX-License-Identifier: Apache-2.0
// A value for each pixel of a sensor, with a border around it for the neighbours of the outermost.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "evarrow/event.h"
#include "evarrow/filter.h"

namespace evarrow {

// The time of an event that there has not been.
inline constexpr int64_t kNever = INT64_MIN;

// t - span, or the least or the greatest time there is.
constexpr int64_t time_before(int64_t t, int64_t span) noexcept {
  int64_t result = 0;
  if (__builtin_sub_overflow(t, span, &result)) return span < 0 ? INT64_MAX : INT64_MIN;
  return result;
}

// kLayers values for each pixel, side by side.
template <typename T, size_t kLayers = 1>
class PixelMap {
 public:
  // Where the values are: a copy of it in a loop need not be read again after each store.
  struct View {
    T* origin;
    ptrdiff_t stride;  // from a row to the next one

    // The first value of a pixel; x and y may reach into the border.
    T* at(int16_t x, int16_t y) const noexcept {
      return origin + y * stride + ptrdiff_t{x} * static_cast<ptrdiff_t>(kLayers);
    }
  };

  explicit PixelMap(const Sensor& sensor, T value, size_t border = 0)
      : border_(border),
        stride_((static_cast<size_t>(sensor.width) + 2 * border) * kLayers),
        size_(stride_ * (static_cast<size_t>(sensor.height) + 2 * border)),
        buffer_(size_ * sizeof(T)) {
    fill(value);
  }

  void fill(T value) noexcept { std::fill_n(begin(), size_, value); }

  // Leaves the border as it is.
  void fill_pixels(T value) noexcept {
    const size_t row = stride_ - 2 * border_ * kLayers;
    for (size_t y = border_; y < size_ / stride_ - border_; ++y) {
      std::fill_n(begin() + y * stride_ + border_ * kLayers, row, value);
    }
  }

  View view() noexcept {
    return {begin() + border_ * (stride_ + kLayers), static_cast<ptrdiff_t>(stride_)};
  }

 private:
  T* begin() noexcept { return reinterpret_cast<T*>(buffer_.data()); }

  size_t border_;
  size_t stride_;
  size_t size_;
  Buffer buffer_;
};

}  // namespace evarrow
