// SPDX-License-Identifier: Apache-2.0
// The last events around a pixel, and how long ago they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {

class LocalSurfaces {
 public:
  // Throws Error(kArgument) for a radius or a tau that makes no sense.
  LocalSurfaces(Resolution resolution, const LocalSurfaceOptions& options);

  size_t values() const noexcept { return size_ * size_; }  // of one surface
  void forget();                                            // all events
  // Remembers an event inside the sensor and puts the surface around it into `out`, zeros where
  // there was none.
  void add(int32_t x, int32_t y, int64_t t, int8_t polarity, float* out) noexcept;
  void remember(int32_t x, int32_t y, int64_t t, int8_t polarity) noexcept {
    *middle_of(x, y, polarity) = t;
  }

 private:
  int64_t* middle_of(int32_t x, int32_t y, int8_t polarity) noexcept {
    const size_t on = options_.merged ? 0 : is_on(polarity);
    return last_.data() + on * plane_ + (static_cast<size_t>(y) + radius_) * stride_ +
           static_cast<size_t>(x) + radius_;
  }

  LocalSurfaceOptions options_;
  size_t radius_, size_, stride_, plane_;
  std::vector<int64_t> last_;
};

}  // namespace evarrow
