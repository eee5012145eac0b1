// SPDX-License-Identifier: Apache-2.0
// The time surface around each event.
// Source: Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition,
// TPAMI 2017.
#include "representations/local_surfaces.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evarrow/error.h"
#include "representations/row_places.h"

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
    : options_(options),
      radius_(checked_radius(options)),
      size_(2 * radius_ + 1),
      stride_(static_cast<size_t>(resolution.width) + 2 * radius_),
      plane_(stride_ * (static_cast<size_t>(resolution.height) + 2 * radius_)),
      last_(2 * plane_, kNever) {}

void LocalSurfaces::forget() { std::ranges::fill(last_, kNever); }

void LocalSurfaces::add(int32_t x, int32_t y, int64_t t, int8_t polarity, float* out) noexcept {
  int64_t* const middle = middle_of(x, y, polarity);
  *middle = t;
  const int64_t* const corner = middle - radius_ * stride_ - radius_;
  for (size_t i = 0; i < size_; ++i) {
    for (size_t j = 0; j < size_; ++j) {
      const int64_t time = corner[i * stride_ + j];
      const double age = static_cast<double>(t) - static_cast<double>(time);
      out[i * size_ + j] =
          time == kNever ? 0.0F : static_cast<float>(std::exp(-age / options_.tau));
    }
  }
}

namespace {

class LocalSurfacesOfWindow final : public Accumulator {
 public:
  LocalSurfacesOfWindow(Resolution resolution, const LocalSurfaceOptions& options,
                        const RowChoice& rows)
      : surfaces_(resolution, options), places_(rows) {}

  void begin(const Window& window, std::byte* out) override {
    if (!window.in_order && window.rows() > 0) {
      throw Error(ErrorCode::kArgument, "surfaces need events in order of time; sort them by t");
    }
    out_ = reinterpret_cast<float*>(out);
    places_.begin(window.rows());
    surfaces_.forget();
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const std::optional<size_t> place = places_.find(block.row + i);
      if (place) {
        surfaces_.add(block.x[i], block.y[i], block.t[i], block.polarity[i],
                      out_ + *place * surfaces_.values());
      } else {
        surfaces_.remember(block.x[i], block.y[i], block.t[i], block.polarity[i]);
      }
    }
  }

 private:
  LocalSurfaces surfaces_;
  RowPlaces places_;
  float* out_ = nullptr;
};

}  // namespace

Representation local_surfaces(Resolution resolution, const LocalSurfaceOptions& options,
                              const RowChoice& rows) {
  const size_t size = 2 * checked_radius(options) + 1;
  Representation what =
      kind_of<LocalSurfacesOfWindow>(resolution, {}, ValueType::kF32, resolution, options, rows);
  what.shape = {rows.count, size, size};
  return what;
}

}  // namespace evarrow
