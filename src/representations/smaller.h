// SPDX-License-Identifier: Apache-2.0
// Pixels of an image that is smaller than the sensor by a power of two.
#pragma once

#include <vector>

#include "evarrow/error.h"
#include "evarrow/representation.h"

namespace evarrow {

class Smaller {
 public:
  static constexpr size_t kNone = ~size_t{0};

  Smaller(Resolution resolution, int shift)
      : shift_(shift), width_(resolution.width >> shift), height_(resolution.height >> shift) {}

  size_t cells() const noexcept {
    return static_cast<size_t>(width_) * static_cast<size_t>(height_);
  }

  // The pixel that an event belongs to; kNone in what is left over at the right and the bottom.
  size_t cell(const Block& block, size_t i) const noexcept {
    if (shift_ == 0) return block.cell[i];
    const int32_t x = block.x[i] >> shift_;
    const int32_t y = block.y[i] >> shift_;
    if (x >= width_ || y >= height_) return kNone;
    return static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x);
  }

 private:
  int shift_;
  int32_t width_, height_;
};

inline std::vector<size_t> smaller_shape(Resolution resolution, int shift,
                                         std::vector<size_t> leading) {
  if (shift < 0 || shift > 14 || resolution.width >> shift == 0 ||
      resolution.height >> shift == 0) {
    throw Error(ErrorCode::kArgument, "an image cannot be made smaller by that much");
  }
  leading.push_back(static_cast<size_t>(resolution.height >> shift));
  leading.push_back(static_cast<size_t>(resolution.width >> shift));
  return leading;
}

}  // namespace evarrow
