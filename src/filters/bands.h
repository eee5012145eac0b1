// SPDX-License-Identifier: Apache-2.0
// The sensor shared out to threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {

// Up to `count` bands of rows of pixels, in multiples of `grain`, that cover a sensor of that
// height and have about equally many of these events.
std::vector<Band> make_bands(const int16_t* y, size_t n, int32_t height, int32_t grain,
                             size_t count);

// A map of the pixels that threads remember near their bands what others remember too: each has a
// map of its own.
template <typename T, size_t kLayers = 1>
class BandedMap {
 public:
  using View = typename PixelMap<T, kLayers>::View;

  // A row of the map is `grain` rows of pixels; `reach` counts rows of the map.
  BandedMap(const Sensor& map, T value, int32_t reach, int32_t grain = 1)
      : sensor_(map), value_(value), reach_(reach), grain_(grain) {
    maps_.emplace_back(map, value, static_cast<size_t>(reach));
  }

  void fill(T value) noexcept { maps_[0].fill(value); }
  void fill_pixels(T value) noexcept { maps_[0].fill_pixels(value); }

  View view(size_t band = 0) noexcept { return maps_[band].view(); }

  void part(const std::vector<Band>& bands) {
    while (maps_.size() < bands.size()) {
      maps_.emplace_back(sensor_, value_, static_cast<size_t>(reach_));
    }
    for (size_t i = 1; i < bands.size(); ++i) {
      copy_rows(maps_[0], maps_[i], row_of(bands[i].begin) - reach_, row_of(bands[i].end) + reach_);
    }
  }

  void join(const std::vector<Band>& bands) {
    for (size_t i = 1; i < bands.size(); ++i) {
      copy_rows(maps_[i], maps_[0], row_of(bands[i].begin), row_of(bands[i].end));
    }
  }

 private:
  int32_t row_of(int32_t y) const noexcept { return (y + grain_ - 1) / grain_; }

  // Rows beyond the sensor are its border.
  void copy_rows(PixelMap<T, kLayers>& from, PixelMap<T, kLayers>& to, int32_t first,
                 int32_t last) noexcept {
    last = std::min(last, sensor_.height + reach_);
    const auto n = static_cast<size_t>(sensor_.width) * kLayers;
    for (int32_t y = first; y < last; ++y) {
      const auto row = static_cast<int16_t>(y);
      std::copy_n(from.view().at(0, row), n, to.view().at(0, row));
    }
  }

  Sensor sensor_;
  T value_;
  int32_t reach_;
  int32_t grain_;
  std::deque<PixelMap<T, kLayers>> maps_;
};

}  // namespace evarrow
