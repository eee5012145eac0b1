// SPDX-License-Identifier: Apache-2.0
#include "sample/scene.h"

#include <algorithm>

#include "sample/curves.h"
#include "sample/random.h"

namespace evarrow::sample {
namespace {

int texture_side(int width, int height) noexcept {
  int side = 64;
  while (side < 1024 && side < std::max(width, height)) side *= 2;
  return side;
}

// A frequency within a fifth of `millihertz`, from anywhere in its cycle.
Oscillation about(int64_t millihertz, Random& random) noexcept {
  return {.millihertz =
              static_cast<int64_t>(static_cast<double>(millihertz) * random.between(0.8, 1.2)),
          .phase = random.unit()};
}

uint32_t fixed_point(double pixels) noexcept {
  return static_cast<uint32_t>(static_cast<int64_t>(pixels * 65536.0));
}

// Sizes are of a sensor of 480 lines and grow with it; frequencies do not.
struct Design {
  double size, width;
  double reach_x, reach_y;         // as shares of the sensor's width and height
  int64_t swing_x, swing_y, turn;  // 1/1000 Hz
  float level;
  ShapeKind kind;
};

constexpr Design kDesigns[] = {
    {64, 32, 0.25, 0.25, 130, 170, 40, 0.8F, ShapeKind::kCheckerboard},
    {70, 9, 0.30, 0.20, 50, 70, 1600, -1.2F, ShapeKind::kFan},
    {120, 8, 0.30, 0.30, 90, 120, 450, 1.2F, ShapeKind::kBar},
    {45, 0, 0.40, 0.35, 210, 160, 0, 1.3F, ShapeKind::kDisc},
    {24, 0, 0.45, 0.45, 520, 430, 0, -1.4F, ShapeKind::kDisc},
    {40, 5, 0.40, 0.40, 330, 280, 700, -1.1F, ShapeKind::kBar},
};

}  // namespace

Scene::Scene(int width, int height, uint64_t seed)
    : centre_x_(width * 0.5),
      centre_y_(height * 0.5),
      texture_(mix(seed), texture_side(width, height)) {
  Random random(seed, 1);
  camera_ = {.pan_x = about(160, random),
             .pan_y = about(210, random),
             .shake_x = about(1'700, random),
             .shake_y = about(2'100, random),
             .turn = about(110, random)};
  // The corners of large sensors move no faster than those of small ones.
  largest_turn_ = std::min(0.03, 12.0 / (centre_x_ + centre_y_));
  const double scale = std::min(width, height) / 480.0;
  for (const Design& design : kDesigns) {
    const Shape::Path path{.centre_x = centre_x_ + width * random.between(-0.08, 0.08),
                           .centre_y = centre_y_ + height * random.between(-0.08, 0.08),
                           .reach_x = width * design.reach_x,
                           .reach_y = height * design.reach_y,
                           .x = about(design.swing_x, random),
                           .y = about(design.swing_y, random),
                           .turn = about(design.turn, random)};
    shapes_.emplace_back(design.kind, static_cast<float>(std::max(2.0, design.size * scale)),
                         static_cast<float>(std::max(1.0, design.width * scale)), design.level,
                         path);
  }
  move_to(0);
}

void Scene::move_to(int64_t t) noexcept {
  const double x = 50.0 * sine(camera_.pan_x.at(t)) + 1.5 * sine(camera_.shake_x.at(t));
  const double y = 40.0 * sine(camera_.pan_y.at(t)) + 1.5 * sine(camera_.shake_y.at(t));
  const double angle = 1.0 + largest_turn_ * sine(camera_.turn.at(t));
  const double c = cosine(angle);
  const double s = sine(angle);
  view_ = {.u = fixed_point(x - c * centre_x_ + s * centre_y_),
           .v = fixed_point(y - s * centre_x_ - c * centre_y_),
           .u_right = fixed_point(c),
           .v_right = fixed_point(s),
           .u_down = fixed_point(-s),
           .v_down = fixed_point(c)};
  for (Shape& shape : shapes_) shape.move_to(t);
}

void Scene::paint(Tile tile, Levels& levels) const noexcept {
  texture_.paint(view_, tile, levels);
  for (const Shape& shape : shapes_) {
    if (shape.near(tile)) shape.paint(tile, levels);
  }
}

}  // namespace evarrow::sample
