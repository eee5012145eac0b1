// SPDX-License-Identifier: Apache-2.0
// What the sensor looks at: a background that pans and turns slowly, and shapes that move over it.
#pragma once

#include <cstdint>
#include <vector>

#include "sample/shapes.h"
#include "sample/texture.h"
#include "sample/tile.h"

namespace evarrow::sample {

class Scene {
 public:
  Scene(int width, int height, uint64_t seed);

  // Moves everything to where it is at a time, microseconds.
  void move_to(int64_t t) noexcept;

  // The levels of a tile now.
  void paint(Tile tile, Levels& levels) const noexcept;

  // Calls `visit(index)` for the tiles that an edge crosses within `step` microseconds; for some
  // of them more than once.
  template <typename Visit>
  void visit_edges(const TileGrid& grid, int64_t step, Visit visit) const {
    for (const Shape& shape : shapes_) {
      const Shape::Range range = shape.range(grid, step);
      for (int row = range.first_row; row <= range.last_row; ++row) {
        for (int column = range.first_column; column <= range.last_column; ++column) {
          const size_t index = grid.index(column, row);
          if (shape.has_edge(grid[index], step)) visit(index);
        }
      }
    }
  }

 private:
  struct Camera {
    Oscillation pan_x, pan_y, shake_x, shake_y, turn;
  };

  double centre_x_, centre_y_;
  double largest_turn_;  // to both sides, in turns
  Texture texture_;
  Camera camera_;
  View view_{};
  std::vector<Shape> shapes_;
};

}  // namespace evarrow::sample
