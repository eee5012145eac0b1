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

// t - span, or the least time there is.
constexpr int64_t time_before(int64_t t, int64_t span) noexcept {
  int64_t result = 0;
  return __builtin_sub_overflow(t, span, &result) ? INT64_MIN : result;
}

template <typename T>
class PixelMap {
 public:
  // `layers` values for each pixel, side by side.
  explicit PixelMap(const Sensor& sensor, T value, size_t border = 0, size_t layers = 1)
      : layers_(layers),
        stride_((static_cast<size_t>(sensor.width) + 2 * border) * layers),
        size_(stride_ * (static_cast<size_t>(sensor.height) + 2 * border)),
        buffer_(size_ * sizeof(T)),
        origin_(reinterpret_cast<T*>(buffer_.data()) + border * (stride_ + layers)) {
    fill(value);
  }

  void fill(T value) noexcept { std::fill_n(begin(), size_, value); }

  // The first value of a pixel; x and y may reach into the border.
  T* at(int16_t x, int16_t y) noexcept {
    return origin_ + static_cast<ptrdiff_t>(y) * static_cast<ptrdiff_t>(stride_) +
           static_cast<ptrdiff_t>(x) * static_cast<ptrdiff_t>(layers_);
  }
  // From a row to the next one.
  ptrdiff_t stride() const noexcept { return static_cast<ptrdiff_t>(stride_); }

  T* begin() noexcept { return reinterpret_cast<T*>(buffer_.data()); }
  T* end() noexcept { return begin() + size_; }

 private:
  size_t layers_;
  size_t stride_;
  size_t size_;
  Buffer buffer_;
  T* origin_;
};

}  // namespace evarrow
