// SPDX-License-Identifier: Apache-2.0
// A voxel grid whose events lie between pixels.
// Source: DSEC's representations (VoxelGrid), MIT; Zhu et al., CVPR 2019.
#include <cmath>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"
#include "representations/normalize.h"

namespace evarrow {
namespace {

class RectifiedVoxelGrid final : public Accumulator {
 public:
  RectifiedVoxelGrid(Resolution resolution, RectifiedVoxelGridOptions options)
      : options_(std::move(options)), width_(resolution.width), height_(resolution.height) {}

  void begin(const Window& window, std::byte* out) override {
    values_ = reinterpret_cast<float*>(out);
    t0_ = window.t_first;
    span_ = static_cast<float>(window.span());
  }

  void add(const Block& block) noexcept override {
    const float* map = options_.map->data();
    for (size_t i = 0; i < block.n; ++i) {
      const float x = map[2 * size_t{block.cell[i]}];
      const float y = map[2 * size_t{block.cell[i]} + 1];
      // Beyond these bounds no corner is inside, and no whole number could hold some of them.
      if (!(x > -2 && y > -2 && x < static_cast<float>(width_) + 1 &&
            y < static_cast<float>(height_) + 1)) {
        continue;
      }
      const auto time =
          static_cast<float>(static_cast<uint64_t>(block.t[i]) - static_cast<uint64_t>(t0_));
      const float at = span_ > 0 ? static_cast<float>(options_.bins - 1) * (time / span_) : 0;
      share_out(x, y, at, static_cast<float>(sign_of(block.polarity[i])));
    }
  }

  void finish() override {
    const size_t n = static_cast<size_t>(options_.bins) * static_cast<size_t>(width_) *
                     static_cast<size_t>(height_);
    normalize(values_, n, options_.normalize);
  }

 private:
  int32_t corner(float value) const noexcept {
    return static_cast<int32_t>(options_.truncate ? std::trunc(value) : std::floor(value));
  }

  void share_out(float x, float y, float at, float value) noexcept {
    const int32_t x0 = corner(x);
    const int32_t y0 = corner(y);
    const int32_t bin0 = corner(at);
    for (int32_t bin = bin0; bin <= bin0 + 1; ++bin) {
      for (int32_t row = y0; row <= y0 + 1; ++row) {
        for (int32_t column = x0; column <= x0 + 1; ++column) {
          if (bin < 0 || bin >= options_.bins || row < 0 || row >= height_ || column < 0 ||
              column >= width_) {
            continue;
          }
          const size_t place =
              (static_cast<size_t>(bin) * static_cast<size_t>(height_) + static_cast<size_t>(row)) *
                  static_cast<size_t>(width_) +
              static_cast<size_t>(column);
          values_[place] += value * (1 - std::fabs(static_cast<float>(column) - x)) *
                            (1 - std::fabs(static_cast<float>(row) - y)) *
                            (1 - std::fabs(static_cast<float>(bin) - at));
        }
      }
    }
  }

  RectifiedVoxelGridOptions options_;
  int32_t width_, height_;
  float* values_ = nullptr;
  int64_t t0_ = 0;
  float span_ = 0;
};

}  // namespace

Representation rectified_voxel_grid(Resolution resolution,
                                    const RectifiedVoxelGridOptions& options) {
  if (options.bins < 1) throw Error(ErrorCode::kArgument, "a voxel grid has at least one bin");
  if (options.map == nullptr || options.map->size() != 2 * cells_of(resolution)) {
    throw Error(ErrorCode::kArgument, "the map must have an x and a y for each pixel");
  }
  return kind_of<RectifiedVoxelGrid>(resolution, {static_cast<size_t>(options.bins)},
                                     ValueType::kF32, resolution, options);
}

}  // namespace evarrow
