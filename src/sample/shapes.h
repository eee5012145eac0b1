// SPDX-License-Identifier: Apache-2.0
// Things that move before the background: their paths, their edges and their brightness.
#pragma once

#include <cstdint>

#include "sample/tile.h"

namespace evarrow::sample {

// A frequency in 1/1000 Hz and where the oscillation is at time 0, in turns.
struct Oscillation {
  int64_t millihertz = 0;
  double phase = 0.0;

  // The angle at a time in microseconds, in turns from 0 up to 2. Exact for years.
  double at(int64_t t) const noexcept {
    return static_cast<double>(millihertz * (t % kCycle) % kCycle) / kCycle + phase;
  }

 private:
  static constexpr int64_t kCycle = 1'000'000'000;  // microseconds times 1/1000 Hz in a turn
};

enum class ShapeKind : uint8_t { kDisc, kBar, kCheckerboard, kFan };

class Shape {
 public:
  struct Path {
    double centre_x, centre_y;  // pixels
    double reach_x, reach_y;    // of the swing to both sides, pixels
    Oscillation x, y, turn;
  };

  // `size` is the radius or the half length, `width` the half width of a bar or a blade or the
  // side of a square of a checkerboard, pixels; `level` is its brightness.
  Shape(ShapeKind kind, float size, float width, float level, const Path& path) noexcept;

  // Where it is at a time, microseconds.
  void move_to(int64_t t) noexcept;

  // Whether it may cover a part of a tile.
  bool near(Tile tile) const noexcept;

  // Whether a pixel of a tile may change as it moves within `step` microseconds.
  bool has_edge(Tile tile, int64_t step) const noexcept;

  // Paints it over what is there.
  void paint(Tile tile, Levels& levels) const noexcept;

  // The tiles it may touch while it moves for `step` microseconds.
  struct Range {
    int first_column, last_column, first_row, last_row;
  };
  Range range(const TileGrid& grid, int64_t step) const noexcept;

 private:
  float travel(int64_t step) const noexcept;  // the farthest that an edge moves, pixels
  template <typename Work>
  auto with_outline(Work work) const noexcept;

  ShapeKind kind_;
  float size_;
  float width_;
  float level_;
  float bound_;  // radius of a circle around it
  float speed_;  // the most, pixels/s
  Path path_;
  float x_ = 0, y_ = 0, cosine_ = 1, sine_ = 0;
};

}  // namespace evarrow::sample
