// SPDX-License-Identifier: Apache-2.0
// A surface on which a moving edge leaves the same slope however fast it is.
// Source: Manderscheid et al., Speed Invariant Time Surface for Learning to Detect Corner Points
// with Event-Based Cameras, CVPR 2019, algorithm 1.
#include <algorithm>

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
    const auto newest = static_cast<int16_t>((2 * radius_ + 1) * (2 * radius_ + 1));
    for (size_t i = 0; i < block.n; ++i) {
      const int32_t x = block.x[i];
      const int32_t y = block.y[i];
      int16_t* plane = values_ + is_on(block.polarity[i]) * cells();
      int16_t& own = plane[block.cell[i]];
      const int32_t first = std::max(x - radius_, 0);
      const int32_t last = std::min(x + radius_, width_ - 1);
      for (int32_t row = std::max(y - radius_, 0); row <= std::min(y + radius_, height_ - 1);
           ++row) {
        int16_t* line = plane + static_cast<size_t>(row) * static_cast<size_t>(width_);
        for (int32_t column = first; column <= last; ++column) {
          line[column] = static_cast<int16_t>(line[column] - (line[column] > own ? 1 : 0));
        }
      }
      own = newest;
    }
  }

 private:
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
