// SPDX-License-Identifier: Apache-2.0
// Events as points.
#include "evarrow/representations.h"
#include "representations/kind.h"
#include "representations/row_places.h"

namespace evarrow {
namespace {

constexpr size_t kAxes = 4;

class PointSet final : public Accumulator {
 public:
  PointSet(Resolution resolution, const PointSetOptions& options)
      : places_(options.rows),
        across_(options.in_pixels ? 1 : std::max(resolution.width - 1, 1)),
        down_(options.in_pixels ? 1 : std::max(resolution.height - 1, 1)) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    places_.begin(window.rows());
    t0_ = static_cast<uint64_t>(window.t_first);
    span_ = static_cast<double>(std::max<uint64_t>(window.span(), 1));
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const std::optional<size_t> place = places_.find(block.row + i);
      if (!place) continue;
      float* point = out_ + *place * kAxes;
      point[0] = static_cast<float>(block.x[i] / across_);
      point[1] = static_cast<float>(block.y[i] / down_);
      point[2] =
          static_cast<float>(static_cast<double>(static_cast<uint64_t>(block.t[i]) - t0_) / span_);
      point[3] = static_cast<float>(sign_of(block.polarity[i]));
    }
  }

 private:
  RowPlaces places_;
  double across_, down_;
  float* out_ = nullptr;
  uint64_t t0_ = 0;
  double span_ = 1;
};

}  // namespace

Representation point_set(Resolution resolution, const PointSetOptions& options) {
  Representation what = kind_of<PointSet>(resolution, {}, ValueType::kF32, resolution, options);
  what.shape = {options.rows.count, kAxes};
  return what;
}

}  // namespace evarrow
