// SPDX-License-Identifier: Apache-2.0
// Filters that move pixels. Events inside the sensor whose place lies outside of the sensor behind
// the filter are left out. A pixel is a point with whole coordinates, its centre: (0, 0) is the
// centre of the top left one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "evarrow/filter.h"

namespace evarrow {

// Keeps the events with x0 <= x < x1 and y0 <= y < y1, and counts pixels from (x0, y0). Throws
// Error(kArgument) for a region without pixels.
struct CropRegion {
  int32_t x0, y0, x1, y1;
};
std::unique_ptr<Filter> make_crop(const CropRegion& region);

// The ways to turn a picture over that need no rounding. Rotations are counterclockwise as seen.
enum class Turn : uint8_t {
  kFlipX,      // x' = width - 1 - x
  kFlipY,      // y' = height - 1 - y
  kRotate90,   // x' = y, y' = width - 1 - x
  kRotate180,  // both flips
  kRotate270,  // x' = height - 1 - y, y' = x
  kTranspose,  // x' = y, y' = x
};
std::unique_ptr<Filter> make_turn(const Sensor& sensor, Turn turn);

// Where a pixel goes; kGone if it leaves the sensor.
struct Pixel {
  int16_t x, y;
  friend bool operator==(const Pixel&, const Pixel&) = default;
};
inline constexpr Pixel kGone{-1, -1};

// For each pixel of a sensor, row by row, where it goes.
using PixelTable = std::vector<Pixel>;

// Moves each event to where the table says. `name` must outlive the filter. Throws
// Error(kArgument) if the table has not a place for each pixel.
std::unique_ptr<Filter> make_remap(std::string_view name, const Sensor& sensor, PixelTable table,
                                   Resolution after);

// x' = floor(x * scale_x), y' = floor(y * scale_y), as dv, OpenEB and tonic do.
PixelTable scaled_pixels(Resolution before, double scale_x, double scale_y, Resolution after);

// (x', y', 1) ~ matrix * (x, y, 1), to the nearest pixel; half a pixel goes right and down. The
// matrix is row by row.
PixelTable warped_pixels(Resolution before, const std::array<double, 9>& matrix, Resolution after);

// From a map such as DSEC's rectify_map: (x', y') of each pixel, row by row, to the nearest pixel.
// What is no number goes nowhere. Throws Error(kArgument) if the map has another size.
PixelTable mapped_pixels(Resolution before, std::span<const float> map, Resolution after);

enum class Lens : uint8_t {
  kBrownConrady,  // k1 k2 p1 p2 [k3 [k4 k5 k6]]
  kFisheye,       // k1 k2 k3 k4, of Kannala and Brandt
};

// A camera without skew; the coefficients as OpenCV orders them.
struct Camera {
  double fx = 1, fy = 1, cx = 0, cy = 0;  // pixels
  Lens lens = Lens::kBrownConrady;
  std::vector<double> distortion = {};
};

// Where the pixels of a camera are seen by a camera without distortion, turned by the rotation
// (row by row), to the nearest pixel. Pixels for which the lens model has no solution go nowhere.
// Throws Error(kArgument) for a camera that makes no sense.
PixelTable undistorted_pixels(Resolution before, const Camera& camera,
                              const std::array<double, 9>& rotation, const Camera& target,
                              Resolution after);

// The same without rounding: x, y of each pixel, row by row; not a number where there is none.
std::vector<float> undistorted_points(Resolution before, const Camera& camera,
                                      const std::array<double, 9>& rotation, const Camera& target);

}  // namespace evarrow
