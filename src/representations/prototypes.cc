// SPDX-License-Identifier: Apache-2.0
// What time surfaces around events look like: prototypes that each event moves a little.
// Source: Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition,
// TPAMI 2017, algorithm 1.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "evarrow/error.h"
#include "representations/local_surfaces.h"

namespace evarrow {
namespace {

// How far the first event moves a prototype, and how many it takes to halve that.
constexpr double kStep = 0.01;
constexpr double kPatience = 20'000;

double distance(const float* surface, const double* prototype, size_t n) noexcept {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const double off = surface[i] - prototype[i];
    sum += off * off;
  }
  return sum;
}

size_t nearest(const float* surface, const double* prototypes, size_t count, size_t n) noexcept {
  size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (size_t k = 0; k < count; ++k) {
    const double off = distance(surface, prototypes + k * n, n);
    if (off < least) {
      least = off;
      best = k;
    }
  }
  return best;
}

// Moves a prototype that `events` have moved before.
void move(const float* surface, double* prototype, size_t n, uint64_t events) noexcept {
  double product = 0;
  double ours = 0;
  double theirs = 0;
  for (size_t i = 0; i < n; ++i) {
    product += prototype[i] * surface[i];
    ours += prototype[i] * prototype[i];
    theirs += double{surface[i]} * surface[i];
  }
  // Surfaces are 1 in the middle, and prototypes mixtures of them, so that neither is 0.
  const double alike = product / std::sqrt(ours * theirs);
  const double step = kStep / (1 + static_cast<double>(events) / kPatience);
  for (size_t i = 0; i < n; ++i) prototype[i] += step * (surface[i] - alike * prototype[i]);
}

bool is_inside(const EventBatch& events, size_t row, Resolution resolution) noexcept {
  return events.x()[row] >= 0 && events.y()[row] >= 0 && events.x()[row] < resolution.width &&
         events.y()[row] < resolution.height;
}

void check(const EventBatch& events, size_t count) {
  if (count == 0) throw Error(ErrorCode::kArgument, "there must be at least one prototype");
  if (!std::is_sorted(events.t(), events.t() + events.size())) {
    throw Error(ErrorCode::kArgument, "surfaces need events in order of time; sort them by t");
  }
}

}  // namespace

size_t learn_prototypes(const EventBatch& events, Resolution resolution,
                        const LocalSurfaceOptions& options, size_t count, double* prototypes) {
  check(events, count);
  LocalSurfaces surfaces(resolution, options);
  const size_t n = surfaces.values();
  std::vector<float> surface(n);
  std::vector<uint64_t> moves(count, 1);
  size_t known = 0;
  for (size_t row = 0; row < events.size(); ++row) {
    if (!is_inside(events, row, resolution)) continue;
    surfaces.add(events.x()[row], events.y()[row], events.t()[row], events.polarity()[row],
                 surface.data());
    if (known < count) {
      for (size_t i = 0; i < n; ++i) prototypes[known * n + i] = surface[i];
      ++known;
      continue;
    }
    const size_t k = nearest(surface.data(), prototypes, count, n);
    move(surface.data(), prototypes + k * n, n, moves[k]++);
  }
  return known;
}

void nearest_prototypes(const EventBatch& events, Resolution resolution,
                        const LocalSurfaceOptions& options, const double* prototypes, size_t count,
                        int32_t* out) {
  check(events, count);
  LocalSurfaces surfaces(resolution, options);
  const size_t n = surfaces.values();
  std::vector<float> surface(n);
  for (size_t row = 0; row < events.size(); ++row) {
    out[row] = -1;
    if (!is_inside(events, row, resolution)) continue;
    surfaces.add(events.x()[row], events.y()[row], events.t()[row], events.polarity()[row],
                 surface.data());
    out[row] = static_cast<int32_t>(nearest(surface.data(), prototypes, count, n));
  }
}

}  // namespace evarrow
