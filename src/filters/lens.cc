// SPDX-License-Identifier: Apache-2.0
// Pixels of a camera with a lens, seen by one without. Sources: Brown, "Decentering distortion of
// lenses", 1966, with the rational radial term that OpenCV adds; Kannala and Brandt, "A generic
// camera model", 2006.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "evarrow/error.h"
#include "evarrow/geometry.h"

namespace evarrow {
namespace {

constexpr size_t kMostCoefficients = 8;
constexpr int kSteps = 50;
// On the plane at distance 1: far below what float can hold of a pixel.
constexpr double kTolerance = 1e-12;

struct Point {
  double x, y;
};

constexpr Point kNowhere{std::numeric_limits<double>::quiet_NaN(),
                         std::numeric_limits<double>::quiet_NaN()};

using Coefficients = std::array<double, kMostCoefficients>;

Coefficients coefficients_of(const Camera& camera) {
  const size_t n = camera.distortion.size();
  const bool known = camera.lens == Lens::kFisheye
                         ? n == 0 || n == 4
                         : n == 0 || n == 4 || n == 5 || n == kMostCoefficients;
  if (!known) {
    throw Error(ErrorCode::kArgument,
                camera.lens == Lens::kFisheye
                    ? "a fisheye lens has 4 coefficients, not " + std::to_string(n)
                    : "a lens has 4, 5 or 8 coefficients, not " + std::to_string(n));
  }
  Coefficients out{};
  std::ranges::copy(camera.distortion, out.begin());
  return out;
}

void check(const Camera& camera) {
  if (!(camera.fx > 0 && camera.fy > 0)) {
    throw Error(ErrorCode::kArgument, "the focal lengths of a camera are positive");
  }
}

// Where a lens puts what is at `p`, both on the plane at distance 1.
struct BrownConrady {
  Coefficients k;

  Point distort(Point p) const noexcept {
    const double r2 = p.x * p.x + p.y * p.y;
    const double radial =
        (1 + r2 * (k[0] + r2 * (k[1] + r2 * k[4]))) / (1 + r2 * (k[5] + r2 * (k[6] + r2 * k[7])));
    return {p.x * radial + 2 * k[2] * p.x * p.y + k[3] * (r2 + 2 * p.x * p.x),
            p.y * radial + k[2] * (r2 + 2 * p.y * p.y) + 2 * k[3] * p.x * p.y};
  }

  // Newton's method from `seen`, with derivatives by differences.
  Point undistort(Point seen) const noexcept {
    Point p = seen;
    for (int step = 0; step < kSteps; ++step) {
      const Point at = distort(p);
      const double ex = at.x - seen.x;
      const double ey = at.y - seen.y;
      if (std::abs(ex) + std::abs(ey) < kTolerance) return p;
      constexpr double kDelta = 1e-6;
      const Point right = distort({p.x + kDelta, p.y});
      const Point below = distort({p.x, p.y + kDelta});
      const double a = (right.x - at.x) / kDelta;
      const double b = (below.x - at.x) / kDelta;
      const double c = (right.y - at.y) / kDelta;
      const double d = (below.y - at.y) / kDelta;
      const double determinant = a * d - b * c;
      // Where the lens folds the picture over there is no way back.
      if (!(determinant > 0)) return kNowhere;
      p = {p.x - (d * ex - b * ey) / determinant, p.y - (a * ey - c * ex) / determinant};
    }
    return kNowhere;
  }
};

struct Fisheye {
  Coefficients k;

  // theta (1 + k1 theta^2 + k2 theta^4 + k3 theta^6 + k4 theta^8) = radius, solved for theta.
  Point undistort(Point seen) const noexcept {
    const double radius = std::hypot(seen.x, seen.y);
    if (radius == 0) return seen;
    double theta = radius;
    for (int step = 0; step < kSteps; ++step) {
      const double q = theta * theta;
      const double value = theta * (1 + q * (k[0] + q * (k[1] + q * (k[2] + q * k[3]))));
      const double slope = 1 + q * (3 * k[0] + q * (5 * k[1] + q * (7 * k[2] + q * 9 * k[3])));
      if (!(slope > 0)) return kNowhere;
      const double change = (value - radius) / slope;
      theta -= change;
      if (std::abs(change) < kTolerance) {
        // From a right angle on, the plane sees nothing.
        if (!(theta >= 0 && theta < std::numbers::pi / 2)) return kNowhere;
        const double scale = std::tan(theta) / radius;
        return {seen.x * scale, seen.y * scale};
      }
    }
    return kNowhere;
  }
};

template <typename Model>
std::vector<float> points_of(Resolution before, const Camera& camera, const Model& model,
                             const std::array<double, 9>& r, const Camera& target) {
  std::vector<float> out;
  out.reserve(2 * static_cast<size_t>(before.width) * static_cast<size_t>(before.height));
  for (int32_t y = 0; y < before.height; ++y) {
    for (int32_t x = 0; x < before.width; ++x) {
      const Point p = model.undistort({(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy});
      const double w = r[6] * p.x + r[7] * p.y + r[8];
      const Point q =
          w > 0 ? Point{(r[0] * p.x + r[1] * p.y + r[2]) / w, (r[3] * p.x + r[4] * p.y + r[5]) / w}
                : kNowhere;
      out.push_back(static_cast<float>(q.x * target.fx + target.cx));
      out.push_back(static_cast<float>(q.y * target.fy + target.cy));
    }
  }
  return out;
}

}  // namespace

std::vector<float> undistorted_points(Resolution before, const Camera& camera,
                                      const std::array<double, 9>& rotation, const Camera& target) {
  check(camera);
  check(target);
  const Coefficients k = coefficients_of(camera);
  if (camera.lens == Lens::kFisheye) {
    return points_of(before, camera, Fisheye{k}, rotation, target);
  }
  return points_of(before, camera, BrownConrady{k}, rotation, target);
}

}  // namespace evarrow
