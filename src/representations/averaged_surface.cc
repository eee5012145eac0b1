// SPDX-License-Identifier: Apache-2.0
// Time surfaces around the events of a cell of pixels, averaged.
// Source: Sironi et al., HATS, CVPR 2018.
#include <algorithm>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

struct Past {
  int16_t x, y;
  int64_t t;
};

// How many cells there are side by side, the last of which may be narrower.
int32_t cells_in(int32_t pixels, int32_t size) noexcept { return (pixels + size - 1) / size; }

class AveragedSurface final : public Accumulator {
 public:
  AveragedSurface(Resolution resolution, const AveragedSurfaceOptions& options)
      : options_(options),
        across_(cells_in(resolution.width, options.cell_size)),
        cells_(static_cast<size_t>(across_) *
               static_cast<size_t>(cells_in(resolution.height, options.cell_size))) {}

  void begin(const Window& /*window*/, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    past_.assign(2 * cells_, {});
    forgotten_.assign(2 * cells_, 0);
    counts_.assign(2 * cells_, 0);
    sums_.assign(2 * cells_ * area(), 0);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const Past now = {block.x[i], block.y[i], block.t[i]};
      const int cell = now.y / options_.cell_size * across_ + now.x / options_.cell_size;
      add_surface(2 * static_cast<size_t>(cell) + is_on(block.polarity[i]), now);
    }
  }

  void finish() override {
    for (size_t part = 0; part < 2 * cells_; ++part) {
      for (size_t i = 0; i < area() && counts_[part] > 0; ++i) {
        out_[part * area() + i] =
            static_cast<float>(sums_[part * area() + i] / static_cast<double>(counts_[part]));
      }
    }
  }

 private:
  size_t area() const noexcept {
    return static_cast<size_t>(options_.size) * static_cast<size_t>(options_.size);
  }

  void add_surface(size_t part, const Past& now) {
    std::vector<Past>& past = past_[part];
    size_t& begin = forgotten_[part];
    while (begin < past.size() && past[begin].t < now.t - options_.memory) ++begin;
    if (begin > past.size() / 2 + 64) {
      past.erase(past.begin(), past.begin() + static_cast<ptrdiff_t>(begin));
      begin = 0;
    }
    double* sums = sums_.data() + part * area();
    const int radius = options_.size / 2;
    for (size_t i = begin; i < past.size(); ++i) {
      const int dx = past[i].x - now.x;
      const int dy = past[i].y - now.y;
      if (std::abs(dx) > radius || std::abs(dy) > radius) continue;
      const auto age = static_cast<double>(now.t - past[i].t);
      sums[static_cast<size_t>((dy + radius) * options_.size + dx + radius)] +=
          options_.exponential ? std::exp(-age / options_.tau) : 1 - age / (3 * options_.tau);
    }
    sums[static_cast<size_t>(radius * options_.size + radius)] += 1;  // the event itself
    ++counts_[part];
    past.push_back(now);
  }

  AveragedSurfaceOptions options_;
  int32_t across_;  // cells side by side
  size_t cells_;
  float* out_ = nullptr;
  std::vector<std::vector<Past>> past_;  // of each cell and polarity
  std::vector<size_t> forgotten_;        // how many of these are too old
  std::vector<uint64_t> counts_;
  std::vector<double> sums_;
};

}  // namespace

Representation averaged_surface(Resolution resolution, const AveragedSurfaceOptions& options) {
  if (options.cell_size < 1 || options.size < 1 || options.size % 2 == 0 || options.memory < 0 ||
      !(options.tau > 0)) {
    throw Error(ErrorCode::kArgument,
                "cells and the memory must be greater than 0, and surfaces of odd size");
  }
  Representation what =
      kind_of<AveragedSurface>(resolution, {}, ValueType::kF32, resolution, options);
  const auto cells = static_cast<size_t>(cells_in(resolution.width, options.cell_size)) *
                     static_cast<size_t>(cells_in(resolution.height, options.cell_size));
  const auto size = static_cast<size_t>(options.size);
  what.shape = {cells, 2, size, size};
  return what;
}

}  // namespace evarrow
