// SPDX-License-Identifier: Apache-2.0
// The sensor in squares of pixels, which are simulated as a whole.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace evarrow::sample {

inline constexpr int kTileSide = 8;  // pixels
inline constexpr size_t kTilePixels = size_t{kTileSide} * kTileSide;

// The farthest that a pixel of a tile is from the tile's centre, rounded up.
inline constexpr float kTileRadius = 5.0F;

struct Tile {
  int x = 0;  // of the pixel at the top left
  int y = 0;

  float centre_x() const noexcept { return static_cast<float>(x) + (kTileSide - 1) * 0.5F; }
  float centre_y() const noexcept { return static_cast<float>(y) + (kTileSide - 1) * 0.5F; }
};

// Logarithms of the light intensity of the pixels of a tile, row by row.
using Levels = std::array<float, kTilePixels>;

// The tiles that cover a sensor; those at the right and at the bottom may reach over its edge.
struct TileGrid {
  int columns;
  int rows;

  TileGrid(int width, int height) noexcept
      : columns((width + kTileSide - 1) / kTileSide), rows((height + kTileSide - 1) / kTileSide) {}

  size_t size() const noexcept { return static_cast<size_t>(columns) * static_cast<size_t>(rows); }
  size_t index(int column, int row) const noexcept {
    return static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(column);
  }
  Tile operator[](size_t index) const noexcept {
    const auto i = static_cast<int>(index);
    return {.x = i % columns * kTileSide, .y = i / columns * kTileSide};
  }
};

}  // namespace evarrow::sample
