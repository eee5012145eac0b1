// SPDX-License-Identifier: Apache-2.0
// Where pixels go: scaled, warped by a matrix, by a map.
#include <cmath>
#include <limits>
#include <string>

#include "evarrow/error.h"
#include "evarrow/geometry.h"

namespace evarrow {
namespace {

void check(Resolution size) {
  if (size.width < 1 || size.height < 1 || size.width > 32'768 || size.height > 32'768) {
    throw Error(ErrorCode::kArgument, "a sensor has 1 to 32768 pixels each way, not " +
                                          std::to_string(size.width) + " x " +
                                          std::to_string(size.height));
  }
}

// The pixel at whole coordinates, if the sensor has it. Comparisons with what is no number fail.
Pixel pixel_at(double x, double y, Resolution size) noexcept {
  if (!(x >= 0 && y >= 0 && x < size.width && y < size.height)) return kGone;
  return {static_cast<int16_t>(x), static_cast<int16_t>(y)};
}

Pixel nearest(double x, double y, Resolution size) noexcept {
  return pixel_at(std::floor(x + 0.5), std::floor(y + 0.5), size);
}

template <typename Place>
PixelTable table_of(Resolution before, Resolution after, Place place) {
  check(before);
  check(after);
  PixelTable table;
  table.reserve(static_cast<size_t>(before.width) * static_cast<size_t>(before.height));
  for (int32_t y = 0; y < before.height; ++y) {
    for (int32_t x = 0; x < before.width; ++x) table.push_back(place(x, y));
  }
  return table;
}

}  // namespace

PixelTable scaled_pixels(Resolution before, double scale_x, double scale_y, Resolution after) {
  if (!(scale_x > 0 && scale_y > 0 && std::isfinite(scale_x) && std::isfinite(scale_y))) {
    throw Error(ErrorCode::kArgument, "pixels are scaled by a positive number");
  }
  return table_of(before, after, [&](int32_t x, int32_t y) {
    return pixel_at(std::floor(x * scale_x), std::floor(y * scale_y), after);
  });
}

PixelTable warped_pixels(Resolution before, const std::array<double, 9>& m, Resolution after) {
  return table_of(before, after, [&](int32_t x, int32_t y) {
    const double w = m[6] * x + m[7] * y + m[8];
    // Behind the camera, and on the line that goes to infinity, there is nothing.
    if (!(w > 0)) return kGone;
    return nearest((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w, after);
  });
}

PixelTable mapped_pixels(Resolution before, std::span<const float> map, Resolution after) {
  check(before);
  const size_t pixels = static_cast<size_t>(before.width) * static_cast<size_t>(before.height);
  if (map.size() != 2 * pixels) {
    throw Error(ErrorCode::kArgument, "a map has x and y of each of the " + std::to_string(pixels) +
                                          " pixels, not " + std::to_string(map.size()) +
                                          " numbers");
  }
  const float* at = map.data();
  return table_of(before, after, [&](int32_t /*x*/, int32_t /*y*/) {
    const Pixel to = nearest(at[0], at[1], after);
    at += 2;
    return to;
  });
}

PixelTable undistorted_pixels(Resolution before, const Camera& camera,
                              const std::array<double, 9>& rotation, const Camera& target,
                              Resolution after) {
  return mapped_pixels(before, undistorted_points(before, camera, rotation, target), after);
}

}  // namespace evarrow
