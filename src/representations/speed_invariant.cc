// SPDX-License-Identifier: Apache-2.0
// A surface on which a moving edge leaves the same slope however fast it is.
// Source: Manderscheid et al., Speed Invariant Time Surface for Learning to Detect Corner Points
// with Event-Based Cameras, CVPR 2019, algorithm 1.
#include <algorithm>
#include <array>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class SpeedInvariant final : public Accumulator {
 public:
  SpeedInvariant(Resolution resolution, int radius)
      : width_(resolution.width), height_(resolution.height), radius_(radius) {}

  void begin(const Window& /*window*/, std::byte* out) override {
    values_ = reinterpret_cast<int16_t*>(out);
  }

  void add(const Block& block) noexcept override {
    if (radius_ <= 3) {
      add_lines<8>(block);
    } else if (radius_ <= 7) {
      add_lines<16>(block);
    } else {
      add_lines<0>(block);
    }
  }

 private:
  // Lines of kLanes pixels at once, of which those that are too far away stay; 0: one by one.
  template <int32_t kLanes>
  void add_lines(const Block& block) noexcept {
    const int32_t size = 2 * radius_ + 1;
    std::array<int16_t, static_cast<size_t>(std::max(kLanes, 1))> within{};
    std::fill_n(within.begin(), std::min<int32_t>(size, kLanes), int16_t{-1});
    for (size_t i = 0; i < block.n; ++i) {
      const int32_t x = block.x[i];
      const int32_t y = block.y[i];
      int16_t* const plane = values_ + is_on(block.polarity[i]) * cells();
      const int16_t own = plane[block.cell[i]];
      const bool inside = kLanes > 0 && x >= radius_ && x - radius_ + kLanes <= width_ &&
                          y >= radius_ && y + radius_ < height_;
      if (!inside) {
        lower_around(plane, x, y, own);
      } else {
        int16_t* line = plane + block.cell[i] - static_cast<size_t>(radius_ * width_ + radius_);
        for (int32_t row = 0; row < size; ++row, line += width_) {
          for (int32_t k = 0; k < kLanes; ++k) {
            const int one = (line[k] > own ? -1 : 0) & within[static_cast<size_t>(k)];
            line[k] = static_cast<int16_t>(line[k] + one);
          }
        }
      }
      plane[block.cell[i]] = static_cast<int16_t>(size * size);
    }
  }

  void lower_around(int16_t* plane, int32_t x, int32_t y, int16_t own) const noexcept {
    const int32_t first = std::max(x - radius_, 0);
    const int32_t last = std::min(x + radius_, width_ - 1);
    for (int32_t row = std::max(y - radius_, 0); row <= std::min(y + radius_, height_ - 1); ++row) {
      int16_t* line = plane + static_cast<size_t>(row) * static_cast<size_t>(width_);
      for (int32_t column = first; column <= last; ++column) {
        line[column] = static_cast<int16_t>(line[column] - (line[column] > own ? 1 : 0));
      }
    }
  }

  size_t cells() const noexcept {
    return static_cast<size_t>(width_) * static_cast<size_t>(height_);
  }

  int32_t width_, height_;
  int radius_;
  int16_t* values_ = nullptr;
};

}  // namespace

Representation speed_invariant(Resolution resolution, int radius) {
  if (radius < 0 || radius > 90) {
    throw Error(ErrorCode::kArgument, "the radius must be from 0 to 90 pixels");
  }
  Representation what =
      kind_of<SpeedInvariant>(resolution, {2}, ValueType::kI16, resolution, radius);
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY | 1U << kPolarity;
  return what;
}

}  // namespace evarrow
