// SPDX-License-Identifier: Apache-2.0
#include "sample/texture.h"

#include <algorithm>
#include <array>

#include "sample/random.h"

namespace evarrow::sample {
namespace {

constexpr double kUnit = 4096.0;  // of the stored levels

double smooth(double x) noexcept { return x * x * (3.0 - 2.0 * x); }

// A staircase of steps of 1 with soft edges, which makes outlines of slopes.
double terrace(double x) noexcept {
  constexpr double kEdge = 0.2;  // the share of a step that is slope
  const double shifted = x + 64.0;
  const auto whole = static_cast<double>(static_cast<int>(shifted));
  const double part = std::clamp((shifted - whole - 0.5) / kEdge + 0.5, 0.0, 1.0);
  return whole + smooth(part) - 64.5;
}

}  // namespace

Texture::Texture(uint64_t seed, int side)
    : side_(side), stride_(static_cast<size_t>(side) + 1), levels_(stride_ * stride_) {
  const auto n = static_cast<size_t>(side_);
  std::vector<double> shapes(n * n);
  std::vector<double> shades(n * n);
  add_noise(seed, std::min(64, side / 2), 1.6, shapes);
  add_noise(seed + 1, 32, 0.6, shapes);
  add_noise(seed + 2, std::min(128, side / 2), 0.6, shades);
  add_noise(seed + 3, 16, 0.3, shades);
  add_noise(seed + 4, 8, 0.15, shades);
  for (size_t y = 0; y < stride_; ++y) {
    for (size_t x = 0; x < stride_; ++x) {
      const size_t from = y % n * n + x % n;
      const double level = 0.4 * terrace(shapes[from]) + shades[from];
      levels_[y * stride_ + x] =
          static_cast<int16_t>(static_cast<int>(std::clamp(level, -1.9, 1.9) * kUnit));
    }
  }
}

// Random values on a grid of `cell` pixels, from -amplitude to amplitude, blended in between.
void Texture::add_noise(uint64_t seed, int cell, double amplitude, std::vector<double>& sum) const {
  const int cells = side_ / cell;
  const auto value = [&](int column, int row) {
    const auto place = static_cast<uint64_t>(row % cells) * static_cast<uint64_t>(cells) +
                       static_cast<uint64_t>(column % cells);
    const uint64_t bits = mix(mix(seed) + place * 0x9E3779B97F4A7C15U);
    return (static_cast<double>(bits >> 11) * 0x1p-52 - 1.0) * amplitude;
  };
  size_t i = 0;
  for (int y = 0; y < side_; ++y) {
    const double down = smooth(static_cast<double>(y % cell) / cell);
    for (int column = 0; column < cells; ++column) {
      const int row = y / cell;
      const double left = value(column, row) * (1.0 - down) + value(column, row + 1) * down;
      const double right =
          value(column + 1, row) * (1.0 - down) + value(column + 1, row + 1) * down;
      for (int x = 0; x < cell; ++x) {
        sum[i++] += left + (right - left) * smooth(static_cast<double>(x) / cell);
      }
    }
  }
}

void Texture::paint(const View& view, Tile tile, Levels& levels) const noexcept {
  constexpr float kScale = 1.0F / (4096.0F * 65536.0F);
  const auto x = static_cast<uint32_t>(tile.x);
  const auto y = static_cast<uint32_t>(tile.y);
  const auto mask = static_cast<uint32_t>(side_ - 1);
  float* out = levels.data();
  for (uint32_t row = 0; row < kTileSide; ++row) {
    uint32_t u = view.u + x * view.u_right + (y + row) * view.u_down;
    uint32_t v = view.v + x * view.v_right + (y + row) * view.v_down;
    for (int column = 0; column < kTileSide; ++column) {
      const int16_t* at = &levels_[(v >> 16 & mask) * stride_ + (u >> 16 & mask)];
      const auto right = static_cast<int32_t>(u >> 8 & 255);
      const auto down = static_cast<int32_t>(v >> 8 & 255);
      const int16_t* below = at + stride_;
      const int32_t top = at[0] * 256 + (at[1] - at[0]) * right;
      const int32_t bottom = below[0] * 256 + (below[1] - below[0]) * right;
      *out++ = static_cast<float>(top * 256 + (bottom - top) * down) * kScale;
      u += view.u_right;
      v += view.v_right;
    }
  }
}

}  // namespace evarrow::sample
