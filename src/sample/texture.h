// SPDX-License-Identifier: Apache-2.0
// The background: an endless pattern of smooth patches and soft edges, turned and shifted.
#pragma once

#include <cstdint>
#include <vector>

#include "sample/tile.h"

namespace evarrow::sample {

// Where the camera looks: the pattern's coordinates of the pixel (0, 0), and of a step to the
// right and of one down, in 1/65536 pixels.
struct View {
  uint32_t u, v;
  uint32_t u_right, v_right;
  uint32_t u_down, v_down;
};

class Texture {
 public:
  // The pattern repeats every `side` pixels, a power of two from 64 on.
  Texture(uint64_t seed, int side);

  void paint(const View& view, Tile tile, Levels& levels) const noexcept;

 private:
  void add_noise(uint64_t seed, int cell, double amplitude, std::vector<double>& sum) const;

  int side_;
  size_t stride_;  // the first column and row come again at the end, for interpolation
  std::vector<int16_t> levels_;
};

}  // namespace evarrow::sample
