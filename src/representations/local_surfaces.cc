// SPDX-License-Identifier: Apache-2.0
// The time surface around each event.
// Source: Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition,
// TPAMI 2017.
#include "representations/local_surfaces.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evarrow/error.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

size_t checked_radius(const LocalSurfaceOptions& options) {
  if (options.radius < 0 || options.radius > 127) {
    throw Error(ErrorCode::kArgument, "the radius of a surface is from 0 to 127 pixels");
  }
  if (!(options.tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  return static_cast<size_t>(options.radius);
}

}  // namespace

// A border of pixels that never have an event saves looking where the sensor ends.
LocalSurfaces::LocalSurfaces(Resolution resolution, const LocalSurfaceOptions& options)
    : resolution_(resolution),
      options_(options),
      radius_(checked_radius(options)),
      size_(2 * radius_ + 1),
      stride_(static_cast<size_t>(resolution.width) + 2 * radius_),
      plane_(stride_ * (static_cast<size_t>(resolution.height) + 2 * radius_)),
      last_(2 * plane_, kNever) {}

bool LocalSurfaces::add(const EventBatch& events, size_t row, float* out) {
  const int64_t t = events.t()[row];
  const int32_t x = events.x()[row];
  const int32_t y = events.y()[row];
  if (row > 0 && t < events.t()[row - 1]) {
    throw Error(ErrorCode::kArgument, "surfaces need events in order of time; sort them by t");
  }
  std::fill_n(out, values(), 0.0F);
  if (x < 0 || y < 0 || x >= resolution_.width || y >= resolution_.height) return false;
  const size_t on = options_.merged ? 0 : is_on(events.polarity()[row]);
  int64_t* const corner =
      last_.data() + on * plane_ + static_cast<size_t>(y) * stride_ + static_cast<size_t>(x);
  corner[radius_ * stride_ + radius_] = t;
  for (size_t i = 0; i < size_; ++i) {
    for (size_t j = 0; j < size_; ++j) {
      const int64_t time = corner[i * stride_ + j];
      if (time == kNever) continue;
      const double age = static_cast<double>(t) - static_cast<double>(time);
      out[i * size_ + j] = static_cast<float>(std::exp(-age / options_.tau));
    }
  }
  return true;
}

void local_surfaces(const EventBatch& events, Resolution resolution,
                    const LocalSurfaceOptions& options, float* out) {
  LocalSurfaces surfaces(resolution, options);
  for (size_t row = 0; row < events.size(); ++row) {
    surfaces.add(events, row, out + row * surfaces.values());
  }
}

}  // namespace evarrow
