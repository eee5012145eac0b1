// SPDX-License-Identifier: Apache-2.0
// Models of motion: where a pixel goes, and how that changes with the parameters.
#pragma once

#include <array>
#include <cstddef>

#include "evarrow/warp.h"

namespace evarrow {

inline constexpr size_t kMostParameters = 8;

struct Warped {
  double x = 0, y = 0;                             // pixels
  std::array<double, kMostParameters> dx{}, dy{};  // by each parameter
};

size_t parameters_of(Warp::Kind kind) noexcept;

// `dt` in seconds. Derivatives are left alone unless they are wanted.
void rotate_pixel(const Warp& warp, double x, double y, double dt, bool derivatives,
                  Warped& out) noexcept;
void map_plane(const Warp& warp, double x, double y, double dt, bool derivatives,
               Warped& out) noexcept;

// Calls `work(move)`, where move(x, y, cell, dt, out) says where a pixel goes; `cell` is its
// number.
template <bool kDerivatives, typename Work>
void with_warp(const Warp& warp, Resolution resolution, Work work) {
  const double* const p = warp.parameters.data();
  switch (warp.kind) {
    case Warp::Kind::kTranslation:
      return work([=](double x, double y, size_t /*cell*/, double dt, Warped& out) noexcept {
        out.x = x - p[0] * dt;
        out.y = y - p[1] * dt;
        if constexpr (kDerivatives) {
          out.dx[0] = out.dy[1] = -dt;
          out.dx[1] = out.dy[0] = 0;
        }
      });
    case Warp::Kind::kAffine:
      return work(
          [=, middle_x = (resolution.width - 1) / 2.0, middle_y = (resolution.height - 1) / 2.0](
              double x, double y, size_t /*cell*/, double dt, Warped& out) noexcept {
            const double from_x = x - middle_x;
            const double from_y = y - middle_y;
            out.x = x - (p[0] + p[2] * from_x + p[3] * from_y) * dt;
            out.y = y - (p[1] + p[4] * from_x + p[5] * from_y) * dt;
            if constexpr (kDerivatives) {
              out.dx = {-dt, 0, -dt * from_x, -dt * from_y};
              out.dy = {0, -dt, 0, 0, -dt * from_x, -dt * from_y};
            }
          });
    case Warp::Kind::kFlow:
      return work([flow = warp.flow->data()](double x, double y, size_t cell, double dt,
                                             Warped& out) noexcept {
        out.x = x - double{flow[2 * cell]} * dt;
        out.y = y - double{flow[2 * cell + 1]} * dt;
      });
    case Warp::Kind::kRotation:
      return work([&](double x, double y, size_t /*cell*/, double dt, Warped& out) noexcept {
        rotate_pixel(warp, x, y, dt, kDerivatives, out);
      });
    case Warp::Kind::kHomography:
      return work([&](double x, double y, size_t /*cell*/, double dt, Warped& out) noexcept {
        map_plane(warp, x, y, dt, kDerivatives, out);
      });
  }
}

}  // namespace evarrow
