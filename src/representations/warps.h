// SPDX-License-Identifier: Apache-2.0
// Models of motion: where a pixel goes, and how that changes with the parameters.
#pragma once

#include <array>
#include <cstddef>

#include "evarrow/warp.h"

namespace evarrow {

inline constexpr size_t kMostParameters = 8;

struct Warped {
  double x = 0, y = 0;                             // pixels
  std::array<double, kMostParameters> dx{}, dy{};  // by each parameter
};

size_t parameters_of(Warp::Kind kind) noexcept;

// `cell` is the number of the pixel (x, y); dt in seconds.
Warped warp_pixel(const Warp& warp, Resolution resolution, double x, double y, size_t cell,
                  double dt) noexcept;

}  // namespace evarrow
