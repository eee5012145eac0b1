// SPDX-License-Identifier: Apache-2.0
#include "sample/shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sample/curves.h"

namespace evarrow::sample {
namespace {

float magnitude(float x) noexcept { return x < 0 ? -x : x; }

// An outline tells for a point, in coordinates that turn with the shape: `distance`, how far
// outside the shape it is, pixels, exact only close to the outline; `edge`, a distance that the
// nearest edge is surely not under; `shade`, the brightness there as a multiple of the level.
struct Disc {
  float radius;

  float distance(float u, float v) const noexcept {
    return (u * u + v * v - radius * radius) * (0.5F / radius);
  }
  float edge(float u, float v) const noexcept {
    return magnitude(std::sqrt(u * u + v * v) - radius);
  }
  float shade(float /*u*/, float /*v*/) const noexcept { return 1.0F; }
};

struct Bar {
  float length, width;

  float distance(float u, float v) const noexcept {
    const float along = magnitude(u) - length;
    const float across = magnitude(v) - width;
    return along > across ? along : across;
  }
  float edge(float u, float v) const noexcept { return magnitude(distance(u, v)); }
  float shade(float /*u*/, float /*v*/) const noexcept { return 1.0F; }
};

struct Checkerboard {
  float half, square, per_square;

  float distance(float u, float v) const noexcept { return Bar{half, half}.distance(u, v); }
  float edge(float u, float v) const noexcept {
    const float outside = distance(u, v);
    if (outside >= 0) return outside;
    return std::min({-outside, magnitude(wave(u)), magnitude(wave(v))});
  }
  float shade(float u, float v) const noexcept { return sign(u) * sign(v); }

 private:
  // The signed distance to the nearest line between squares, its sign that of the square.
  float wave(float u) const noexcept {
    const float squares = (u + half) * per_square;
    const auto whole = static_cast<int>(squares + 64.0F) - 64;
    const float part = squares - static_cast<float>(whole);
    const float from_line = part < 0.5F ? part : 1.0F - part;
    return from_line * (square * static_cast<float>(1 - 2 * (whole & 1)));
  }
  float sign(float u) const noexcept {
    const float ramp = 2.0F * wave(u);
    return ramp < -1.0F ? -1.0F : ramp > 1.0F ? 1.0F : ramp;
  }
};

struct Fan {
  float length, width;

  float distance(float u, float v) const noexcept {
    constexpr float kDiagonal = 0.70710678F;
    const Bar blades{length, width};
    const float straight = blades.distance(u, v);
    const float crossed = blades.distance(v, u);
    const float hub =
        Bar{2.0F * width, 2.0F * width}.distance((u + v) * kDiagonal, (u - v) * kDiagonal);
    const float nearer = straight < crossed ? straight : crossed;
    return nearer < hub ? nearer : hub;
  }
  float edge(float u, float v) const noexcept { return magnitude(distance(u, v)); }
  float shade(float /*u*/, float /*v*/) const noexcept { return 1.0F; }
};

}  // namespace

Shape::Shape(ShapeKind kind, float size, float width, float level, const Path& path) noexcept
    : kind_(kind), size_(size), width_(width), level_(level), path_(path) {
  bound_ = kind == ShapeKind::kDisc ? size : 1.0001F * std::numbers::sqrt2_v<float> * size;
  constexpr double kTurn = 6.2832 / 1000.0;
  speed_ = static_cast<float>(
      kTurn * (path.reach_x * static_cast<double>(path.x.millihertz) +
               path.reach_y * static_cast<double>(path.y.millihertz) +
               static_cast<double>(bound_) * static_cast<double>(path.turn.millihertz)));
}

void Shape::move_to(int64_t t) noexcept {
  x_ = static_cast<float>(path_.centre_x + path_.reach_x * sine(path_.x.at(t)));
  y_ = static_cast<float>(path_.centre_y + path_.reach_y * sine(path_.y.at(t)));
  double turn = path_.turn.at(t);
  if (turn >= 1.0) turn -= 1.0;
  cosine_ = static_cast<float>(cosine(turn));
  sine_ = static_cast<float>(sine(turn));
}

template <typename Work>
auto Shape::with_outline(Work work) const noexcept {
  switch (kind_) {
    case ShapeKind::kDisc:
      return work(Disc{size_});
    case ShapeKind::kBar:
      return work(Bar{size_, width_});
    case ShapeKind::kCheckerboard:
      return work(Checkerboard{size_, width_, 1.0F / width_});
    case ShapeKind::kFan:
      break;
  }
  return work(Fan{size_, width_});
}

bool Shape::near(Tile tile) const noexcept {
  const float x = tile.centre_x() - x_;
  const float y = tile.centre_y() - y_;
  const float reach = bound_ + kTileRadius + 1.0F;
  return x * x + y * y < reach * reach;
}

float Shape::travel(int64_t step) const noexcept {
  return speed_ * static_cast<float>(step) * 1e-6F;
}

bool Shape::has_edge(Tile tile, int64_t step) const noexcept {
  const float x = tile.centre_x() - x_;
  const float y = tile.centre_y() - y_;
  const float reach = kTileRadius + 0.5F + travel(step);  // an edge is one pixel wide
  return with_outline([&](const auto& outline) {
    return outline.edge(cosine_ * x + sine_ * y, cosine_ * y - sine_ * x) <= reach;
  });
}

void Shape::paint(Tile tile, Levels& levels) const noexcept {
  // Copies, which the levels cannot overlap: so the inner loop becomes vector instructions.
  const float cosine_of_turn = cosine_;
  const float sine_of_turn = sine_;
  const float level = level_;
  const float left = static_cast<float>(tile.x) - x_;
  const float top = static_cast<float>(tile.y) - y_;
  with_outline([&](const auto& outline) {
    const auto own_outline = outline;
    for (int row = 0; row < kTileSide; ++row) {
      const float y = static_cast<float>(row) + top;
      float* out = levels.data() + row * kTileSide;
      for (int column = 0; column < kTileSide; ++column) {
        const float x = static_cast<float>(column) + left;
        const float u = cosine_of_turn * x + sine_of_turn * y;
        const float v = cosine_of_turn * y - sine_of_turn * x;
        const float inside = 0.5F - own_outline.distance(u, v);
        const float at_least = inside < 0.0F ? 0.0F : inside;
        const float cover = at_least > 1.0F ? 1.0F : at_least;
        out[column] += cover * (level * own_outline.shade(u, v) - out[column]);
      }
    }
  });
}

Shape::Range Shape::range(const TileGrid& grid, int64_t step) const noexcept {
  const float reach = bound_ + travel(step) + 1.0F;
  const auto tile_of = [](float pixel, int limit) {
    return std::clamp(static_cast<int>(std::max(pixel, 0.0F)) / kTileSide, 0, limit - 1);
  };
  return {.first_column = tile_of(x_ - reach, grid.columns),
          .last_column = tile_of(x_ + reach, grid.columns),
          .first_row = tile_of(y_ - reach, grid.rows),
          .last_row = tile_of(y_ + reach, grid.rows)};
}

}  // namespace evarrow::sample
