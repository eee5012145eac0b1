// SPDX-License-Identifier: Apache-2.0
// The image of warped events and its derivatives.
// Source: Gallego et al., A Unifying Contrast Maximization Framework for Event Cameras, CVPR 2018.
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "representations/kind.h"
#include "representations/warps.h"

namespace evarrow {
namespace {

using Reference = WarpedImageOptions::Reference;

class WarpedImage final : public Accumulator {
 public:
  WarpedImage(Resolution resolution, WarpedImageOptions options)
      : resolution_(resolution),
        options_(std::move(options)),
        parameters_(options_.with_gradient ? parameters_of(options_.warp.kind) : 0),
        cells_(cells_of(resolution)) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<double*>(out);
    reference_ = options_.reference == Reference::kLast ? window.t_last : window.t_first;
    // Half a microsecond may be left over.
    shift_ = options_.reference == Reference::kMiddle ? static_cast<double>(window.span()) / 2 : 0;
  }

  void add(const Block& block) noexcept override {
    if (parameters_ > 0) {
      add_with<true>(block);
    } else {
      add_with<false>(block);
    }
  }

 private:
  template <bool kGradient>
  void add_with(const Block& block) noexcept {
    with_warp<kGradient>(options_.warp, resolution_,
                         [&](auto move) { add_moved<kGradient>(block, move); });
  }

  template <bool kGradient, typename Move>
  void add_moved(const Block& block, Move move) noexcept {
    Warped warped;
    for (size_t i = 0; i < block.n; ++i) {
      const double dt =
          (static_cast<double>(block.t[i]) - static_cast<double>(reference_) - shift_) * 1e-6;
      move(block.x[i], block.y[i], block.cell[i], dt, warped);
      // Also leaves out what is no number.
      if (!(warped.x > -1 && warped.y > -1 && warped.x < resolution_.width &&
            warped.y < resolution_.height)) {
        continue;
      }
      const double whole = options_.is_signed ? sign_of(block.polarity[i]) : 1;
      if (options_.bilinear) {
        share_out<kGradient>(warped, whole);
      } else {
        put(floor_of(warped.x + 0.5), floor_of(warped.y + 0.5), whole, 0);
      }
    }
  }

  static int32_t floor_of(double value) noexcept {
    const auto towards_0 = static_cast<int32_t>(value);
    return towards_0 - (value < towards_0 ? 1 : 0);
  }

  size_t cell_of(int32_t x, int32_t y) const noexcept {
    return static_cast<size_t>(y) * static_cast<size_t>(resolution_.width) + static_cast<size_t>(x);
  }

  bool is_inside(int32_t x, int32_t y) const noexcept {
    return x >= 0 && y >= 0 && x < resolution_.width && y < resolution_.height;
  }

  void put(int32_t x, int32_t y, double value, size_t channel) noexcept {
    if (is_inside(x, y)) out_[channel * cells_ + cell_of(x, y)] += value;
  }

  template <bool kGradient>
  void share_out(const Warped& warped, double whole) noexcept {
    const int32_t x = floor_of(warped.x);
    const int32_t y = floor_of(warped.y);
    const double right = warped.x - x;
    const double below = warped.y - y;
    const double left = 1 - right;
    const double above = 1 - below;
    const auto share = [&](auto add) {
      add(0, whole * left * above, whole * right * above, whole * left * below,
          whole * right * below);
      for (size_t i = 0; kGradient && i < parameters_; ++i) {
        const double dx = warped.dx[i];
        const double dy = warped.dy[i];
        add(1 + i, whole * (-above * dx + -left * dy), whole * (above * dx + -right * dy),
            whole * (-below * dx + left * dy), whole * (below * dx + right * dy));
      }
    };
    // A pixel, the one to its right, and those below the two.
    if (is_inside(x, y) && is_inside(x + 1, y + 1)) {
      double* const line = out_ + cell_of(x, y);
      share([line, below_line = line + resolution_.width, cells = cells_](
                size_t channel, double v0, double v1, double v2, double v3) noexcept {
        line[channel * cells] += v0;
        line[channel * cells + 1] += v1;
        below_line[channel * cells] += v2;
        below_line[channel * cells + 1] += v3;
      });
    } else {
      share([&](size_t channel, double v0, double v1, double v2, double v3) noexcept {
        put(x, y, v0, channel);
        put(x + 1, y, v1, channel);
        put(x, y + 1, v2, channel);
        put(x + 1, y + 1, v3, channel);
      });
    }
  }

  Resolution resolution_;
  WarpedImageOptions options_;
  size_t parameters_, cells_;
  double* out_ = nullptr;
  int64_t reference_ = 0;
  double shift_ = 0;
};

}  // namespace

Representation warped_image(Resolution resolution, const WarpedImageOptions& options) {
  const Warp& warp = options.warp;
  const size_t parameters = parameters_of(warp.kind);
  if (warp.parameters.size() != parameters) {
    throw Error(ErrorCode::kArgument, "this warp has " + std::to_string(parameters) +
                                          " parameters, not " +
                                          std::to_string(warp.parameters.size()));
  }
  if (warp.kind == Warp::Kind::kFlow &&
      (warp.flow == nullptr || warp.flow->size() != 2 * cells_of(resolution))) {
    throw Error(ErrorCode::kArgument, "the flow must have a u and a v for each pixel");
  }
  if (options.with_gradient && !options.bilinear) {
    throw Error(ErrorCode::kArgument, "only bilinear images have a gradient");
  }
  const size_t channels = 1 + (options.with_gradient ? parameters : 0);
  return kind_of<WarpedImage>(resolution, {channels}, ValueType::kF64, resolution, options);
}

}  // namespace evarrow
