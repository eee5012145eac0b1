// SPDX-License-Identifier: Apache-2.0
// The time surface around each event.
// Source: Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition,
// TPAMI 2017.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

}  // namespace

void local_surfaces(const EventBatch& events, Resolution resolution,
                    const LocalSurfaceOptions& options, float* out) {
  if (options.radius < 0 || options.radius > 127) {
    throw Error(ErrorCode::kArgument, "the radius of a surface is from 0 to 127 pixels");
  }
  if (!(options.tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  // A border of pixels that never have an event saves looking where the sensor ends.
  const auto radius = static_cast<size_t>(options.radius);
  const size_t size = 2 * radius + 1;
  const size_t stride = static_cast<size_t>(resolution.width) + 2 * radius;
  const size_t plane = stride * (static_cast<size_t>(resolution.height) + 2 * radius);
  std::vector<int64_t> last(2 * plane, kNever);
  for (size_t row = 0; row < events.size(); ++row, out += size * size) {
    const int64_t t = events.t()[row];
    const int32_t x = events.x()[row];
    const int32_t y = events.y()[row];
    if (row > 0 && t < events.t()[row - 1]) {
      throw Error(ErrorCode::kArgument, "surfaces need events in order of time; sort them by t");
    }
    std::fill_n(out, size * size, 0.0F);
    if (x < 0 || y < 0 || x >= resolution.width || y >= resolution.height) continue;
    const size_t on = options.merged ? 0 : is_on(events.polarity()[row]);
    int64_t* const corner =
        last.data() + on * plane + static_cast<size_t>(y) * stride + static_cast<size_t>(x);
    corner[radius * stride + radius] = t;
    for (size_t i = 0; i < size; ++i) {
      for (size_t j = 0; j < size; ++j) {
        const int64_t time = corner[i * stride + j];
        if (time == kNever) continue;
        const double age = static_cast<double>(t) - static_cast<double>(time);
        out[i * size + j] = static_cast<float>(std::exp(-age / options.tau));
      }
    }
  }
}

}  // namespace evarrow
