// SPDX-License-Identifier: Apache-2.0
#include "representations/warps.h"

#include <cmath>

namespace evarrow {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

Vector times(const Matrix& m, const Vector& v) noexcept {
  Vector out{};
  for (size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return out;
}

Matrix times(const Matrix& a, const Matrix& b) noexcept {
  Matrix out{};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      for (size_t k = 0; k < 3; ++k) out[i][j] += a[i][k] * b[k][j];
    }
  }
  return out;
}

Matrix cross(const Vector& v) noexcept {
  return {{{0, -v[2], v[1]}, {v[2], 0, -v[0]}, {-v[1], v[0], 0}}};
}

// I + a m + b m^2
Matrix series(const Matrix& m, double a, double b) noexcept {
  const Matrix square = times(m, m);
  Matrix out{};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      out[i][j] = (i == j ? 1 : 0) + a * m[i][j] + b * square[i][j];
    }
  }
  return out;
}

// The pixel of a point before a camera, and its derivatives by those of the point.
void project(const Vector& point, const std::array<Vector, kMostParameters>& derivatives, size_t n,
             const std::array<double, 4>& camera, Warped& out) noexcept {
  const double x = point[0] / point[2];
  const double y = point[1] / point[2];
  out.x = camera[0] * x + camera[2];
  out.y = camera[1] * y + camera[3];
  for (size_t i = 0; i < n; ++i) {
    out.dx[i] = camera[0] * (derivatives[i][0] - x * derivatives[i][2]) / point[2];
    out.dy[i] = camera[1] * (derivatives[i][1] - y * derivatives[i][2]) / point[2];
  }
}

}  // namespace

// Rodrigues' formula; the derivative of exp([phi]) b by phi is -exp([phi]) [b] J(phi).
void rotate_pixel(const Warp& warp, double x, double y, double dt, bool derivatives,
                  Warped& out) noexcept {
  const Vector ray = {(x - warp.camera[2]) / warp.camera[0], (y - warp.camera[3]) / warp.camera[1],
                      1};
  Vector phi{};
  for (size_t i = 0; i < 3; ++i) phi[i] = -warp.parameters[i] * dt;
  const double square = phi[0] * phi[0] + phi[1] * phi[1] + phi[2] * phi[2];
  const double angle = std::sqrt(square);
  const bool is_small = angle < 1e-4;
  const double sine = is_small ? 1 - square / 6 : std::sin(angle) / angle;
  const double cosine = is_small ? 0.5 - square / 24 : (1 - std::cos(angle)) / square;
  const double rest = is_small ? 1.0 / 6 - square / 120 : (1 - sine) / square;
  const Matrix rotation = series(cross(phi), sine, cosine);
  std::array<Vector, kMostParameters> by{};
  if (derivatives) {
    const Matrix jacobian = times(times(rotation, cross(ray)), series(cross(phi), -cosine, rest));
    for (size_t i = 0; i < 3; ++i) {
      for (size_t row = 0; row < 3; ++row) by[i][row] = jacobian[row][i] * dt;
    }
  }
  project(times(rotation, ray), by, derivatives ? 3 : 0, warp.camera, out);
}

void map_plane(const Warp& warp, double x, double y, double dt, bool derivatives,
               Warped& out) noexcept {
  const Vector pixel = {x, y, 1};
  Vector point = pixel;
  std::array<Vector, kMostParameters> by{};
  for (size_t i = 0; i < 8; ++i) {
    point[i / 3] -= warp.parameters[i] * dt * pixel[i % 3];
    by[i][i / 3] = -dt * pixel[i % 3];
  }
  project(point, by, derivatives ? 8 : 0, {1, 1, 0, 0}, out);
}

size_t parameters_of(Warp::Kind kind) noexcept {
  switch (kind) {
    case Warp::Kind::kTranslation:
      return 2;
    case Warp::Kind::kAffine:
      return 6;
    case Warp::Kind::kRotation:
      return 3;
    case Warp::Kind::kHomography:
      return 8;
    case Warp::Kind::kFlow:
      break;
  }
  return 0;
}

}  // namespace evarrow
