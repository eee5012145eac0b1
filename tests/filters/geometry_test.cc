// SPDX-License-Identifier: Apache-2.0
#include "evarrow/geometry.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "evarrow/error.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 10, .height = 8};
constexpr Resolution kSize = {.width = 10, .height = 8};
constexpr std::array<double, 9> kIdentity = {1, 0, 0, 0, 1, 0, 0, 0, 1};

Rows turned(Turn turn, const Rows& rows) { return through(make_turn(kSensor, turn), rows); }

TEST_CASE("crop: pixels count from the corner of the region, and what is outside is left out") {
  const Rows rows = {{3, 2, 0, 1}, {2, 2, 1, 1}, {6, 4, 2, -1}, {7, 4, 3, 1}, {3, 5, 4, 1}};
  CHECK(through(make_crop({3, 2, 7, 5}), rows) == Rows{{0, 0, 0, 1}, {3, 2, 2, -1}});
  CHECK(make_crop({3, 2, 7, 5})->resolution_after({0, 0}).width == 4);
  CHECK(make_crop({3, 2, 7, 5})->resolution_after({0, 0}).height == 3);
  CHECK_THROWS_AS(make_crop({3, 2, 3, 5}), Error);
}

TEST_CASE("crop: a region that reaches beyond the sensor makes a margin") {
  CHECK(through(make_crop({-2, -2, 6, 6}), Rows{{0, 0, 0, 1}}) == Rows{{2, 2, 0, 1}});
}

TEST_CASE("turns: corners go where they should") {
  const Rows corner = {{9, 0, 0, 1}};  // top right
  CHECK(turned(Turn::kFlipX, corner) == Rows{{0, 0, 0, 1}});
  CHECK(turned(Turn::kFlipY, corner) == Rows{{9, 7, 0, 1}});
  CHECK(turned(Turn::kTranspose, corner) == Rows{{0, 9, 0, 1}});
  // Counterclockwise: to the top left, the bottom left, the bottom right.
  CHECK(turned(Turn::kRotate90, corner) == Rows{{0, 0, 0, 1}});
  CHECK(turned(Turn::kRotate180, corner) == Rows{{0, 7, 0, 1}});
  CHECK(turned(Turn::kRotate270, corner) == Rows{{7, 9, 0, 1}});
  CHECK(make_turn(kSensor, Turn::kRotate90)->resolution_after(kSize).width == 8);
}

TEST_CASE("turns: four quarters, and two flips, are nothing") {
  const Rows rows = random_rows(20'000, 10, 8, 5);
  Rows now = rows;
  Sensor sensor = kSensor;
  for (int i = 0; i < 4; ++i) {
    now = through(make_turn(sensor, Turn::kRotate90), now, 777);
    std::swap(sensor.width, sensor.height);
  }
  CHECK(now == rows);
  CHECK(turned(Turn::kFlipX, turned(Turn::kFlipX, rows)) == rows);
}

TEST_CASE("turns: events outside of the sensor are left out and counted") {
  const auto filter = make_turn(kSensor, Turn::kFlipX);
  EventBatch events = to_events({{9, 0, 0, 1}, {10, 0, 1, 1}, {-1, 0, 2, 1}, {0, 7, 3, 1}});
  filter->apply(events);
  CHECK(to_rows(events) == Rows{{0, 0, 0, 1}, {9, 7, 3, 1}});
  CHECK(filter->counts().outside == 2);
}

TEST_CASE("rescale: coordinates are multiplied and cut off") {
  const PixelTable table = scaled_pixels(kSize, 0.5, 0.5, {5, 4});
  CHECK(table[5 * 10 + 3] == Pixel{1, 2});
  const PixelTable large = scaled_pixels(kSize, 2, 3, {20, 24});
  CHECK(large[7 * 10 + 9] == Pixel{18, 21});
  CHECK_THROWS_AS(scaled_pixels(kSize, 0, 1, {5, 4}), Error);
}

TEST_CASE("warp: halves go right and down, and what leaves the sensor is left out") {
  std::array<double, 9> shift = kIdentity;
  shift[2] = 0.5;
  shift[5] = -0.5;
  const PixelTable table = warped_pixels(kSize, shift, kSize);
  CHECK(table[0] == Pixel{1, 0});
  CHECK(table[9] == kGone);
  const Rows rows = {{0, 0, 0, 1}, {9, 0, 1, 1}, {8, 7, 2, 1}};
  const auto filter = make_remap("warp", kSensor, table, kSize);
  EventBatch events = to_events(rows);
  filter->apply(events);
  CHECK(to_rows(events) == Rows{{1, 0, 0, 1}, {9, 7, 2, 1}});
  CHECK(filter->counts().outside == 0);
  CHECK(filter->counts().in - filter->counts().out == 1);
}

TEST_CASE("warp: what lies behind a homography goes nowhere") {
  std::array<double, 9> matrix = kIdentity;
  matrix[6] = -0.2;  // the line x = 5 goes to infinity
  const PixelTable table = warped_pixels(kSize, matrix, kSize);
  CHECK(table[0] == Pixel{0, 0});
  CHECK(table[5] == kGone);
  CHECK(table[9] == kGone);
}

TEST_CASE("maps: not a number is nowhere, and another size an error") {
  std::vector<float> map(2 * 80);
  map[0] = std::nanf("");
  map[2] = 1.5F;
  map[4] = 1e30F;
  const PixelTable table = mapped_pixels(kSize, map, kSize);
  CHECK(table[0] == kGone);
  CHECK(table[1] == Pixel{2, 0});
  CHECK(table[2] == kGone);
  map.pop_back();
  CHECK_THROWS_AS(mapped_pixels(kSize, map, kSize), Error);
  CHECK_THROWS_AS(make_remap("map", kSensor, PixelTable(79), kSize), Error);
}

// Where a lens of Brown and Conrady puts a point of the plane at distance 1.
std::pair<double, double> distorted(double x, double y, const std::vector<double>& k) {
  const double r2 = x * x + y * y;
  const double radial = 1 + k[0] * r2 + k[1] * r2 * r2 + k[4] * r2 * r2 * r2;
  return {x * radial + 2 * k[2] * x * y + k[3] * (r2 + 2 * x * x),
          y * radial + k[2] * (r2 + 2 * y * y) + 2 * k[3] * x * y};
}

TEST_CASE("lenses: distorting an undistorted point gives the pixel back") {
  const Resolution size = {.width = 64, .height = 48};
  const Camera camera = {
      .fx = 50, .fy = 52, .cx = 31.5, .cy = 24, .distortion = {-0.3, 0.12, 0.001, -0.002, -0.02}};
  const Camera target = {.fx = 40, .fy = 41, .cx = 30, .cy = 20};
  const std::vector<float> points = undistorted_points(size, camera, kIdentity, target);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const auto at = static_cast<size_t>(2 * (y * 64 + x));
      const auto [u, v] = distorted((points[at] - target.cx) / target.fx,
                                    (points[at + 1] - target.cy) / target.fy, camera.distortion);
      REQUIRE(std::abs(u * camera.fx + camera.cx - x) < 1e-4);
      REQUIRE(std::abs(v * camera.fy + camera.cy - y) < 1e-4);
    }
  }
}

TEST_CASE("lenses: a fisheye sees the angle, and the plane its tangent") {
  const Camera camera = {.fx = 20, .fy = 20, .cx = 32, .cy = 24, .lens = Lens::kFisheye};
  const std::vector<float> points =
      undistorted_points({.width = 64, .height = 48}, camera, kIdentity, {20, 20, 32, 24, {}, {}});
  const auto x_at = [&](size_t x) { return points[2 * (24 * 64 + x)]; };
  CHECK(x_at(32) == 32);
  CHECK(x_at(42) == doctest::Approx(32 + 20 * std::tan(0.5)));
  // An angle of 31 / 20 is nearly a right one; 32 / 20 is more, and nothing is there.
  CHECK(x_at(63) == doctest::Approx(32 + 20 * std::tan(1.55)));
  CHECK(std::isnan(x_at(0)));
}

TEST_CASE("lenses: where the picture is folded over there is nothing") {
  const Camera camera = {.fx = 10, .fy = 10, .cx = 0, .cy = 0, .distortion = {-0.3, 0, 0, 0}};
  const PixelTable table =
      undistorted_pixels({.width = 64, .height = 2}, camera, kIdentity, camera, {200, 2});
  CHECK(table[0] == Pixel{0, 0});
  CHECK(table[60] == kGone);
}

TEST_CASE("lenses: cameras that make no sense are an error") {
  Camera camera = {.fx = 0};
  CHECK_THROWS_AS(undistorted_points(kSize, camera, kIdentity, {}), Error);
  camera = {.distortion = {1, 2}};
  CHECK_THROWS_AS(undistorted_points(kSize, camera, kIdentity, {}), Error);
  camera = {.lens = Lens::kFisheye, .distortion = {1, 2, 3, 4, 5}};
  CHECK_THROWS_AS(undistorted_points(kSize, camera, kIdentity, {}), Error);
}

}  // namespace
}  // namespace evarrow
