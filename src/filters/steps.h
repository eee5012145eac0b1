// SPDX-License-Identifier: Apache-2.0
// Blocks of pixels and steps of time.
#pragma once

#include <cstdint>

#include "evarrow/filter.h"

namespace evarrow {

// How many blocks there are of so many pixels; the last one may be smaller.
constexpr int32_t blocks_of(int32_t pixels, int32_t block) noexcept {
  return (pixels + block - 1) / block;
}

constexpr Resolution blocks_of(Resolution size, int32_t block) noexcept {
  return {blocks_of(size.width, block), blocks_of(size.height, block)};
}

// The beginning of the step of time that t lies in: the greatest multiple of `step` up to t, or the
// least time there is.
constexpr int64_t step_of(int64_t t, int64_t step) noexcept {
  const int64_t rest = t % step < 0 ? t % step + step : t % step;
  return t < INT64_MIN + rest ? INT64_MIN : t - rest;
}

}  // namespace evarrow
