// SPDX-License-Identifier: Apache-2.0
// The image of warped events and its derivatives.
// Source: Gallego et al., A Unifying Contrast Maximization Framework for Event Cameras, CVPR 2018.
#include <cmath>
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
        parameters_(options_.with_gradient ? parameters_of(options_.warp.kind) : 0) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<double*>(out);
    reference_ = options_.reference == Reference::kLast ? window.t_last : window.t_first;
    // Half a microsecond may be left over.
    shift_ = options_.reference == Reference::kMiddle ? static_cast<double>(window.span()) / 2 : 0;
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const double dt =
          (static_cast<double>(block.t[i]) - static_cast<double>(reference_) - shift_) * 1e-6;
      const Warped warped =
          warp_pixel(options_.warp, resolution_, block.x[i], block.y[i], block.cell[i], dt);
      // Also leaves out what is no number.
      if (!(warped.x > -1 && warped.y > -1 && warped.x < resolution_.width &&
            warped.y < resolution_.height)) {
        continue;
      }
      const double whole = options_.is_signed && block.polarity[i] <= 0 ? -1 : 1;
      if (options_.bilinear) {
        share_out(warped, whole);
      } else {
        put(std::floor(warped.x + 0.5), std::floor(warped.y + 0.5), whole, 0);
      }
    }
  }

 private:
  void put(double x, double y, double value, size_t channel) noexcept {
    const auto column = static_cast<int32_t>(x);
    const auto row = static_cast<int32_t>(y);
    if (column < 0 || row < 0 || column >= resolution_.width || row >= resolution_.height) return;
    const size_t cell = static_cast<size_t>(row) * static_cast<size_t>(resolution_.width) +
                        static_cast<size_t>(column);
    out_[channel * cells_of(resolution_) + cell] += value;
  }

  void share_out(const Warped& warped, double whole) noexcept {
    const double x0 = std::floor(warped.x);
    const double y0 = std::floor(warped.y);
    const double right = warped.x - x0;
    const double below = warped.y - y0;
    for (int corner = 0; corner < 4; ++corner) {
      const bool is_right = corner % 2 != 0;
      const bool is_below = corner / 2 != 0;
      const double wx = is_right ? right : 1 - right;
      const double wy = is_below ? below : 1 - below;
      const double x = x0 + (is_right ? 1 : 0);
      const double y = y0 + (is_below ? 1 : 0);
      put(x, y, whole * wx * wy, 0);
      for (size_t i = 0; i < parameters_; ++i) {
        const double slope =
            (is_right ? wy : -wy) * warped.dx[i] + (is_below ? wx : -wx) * warped.dy[i];
        put(x, y, whole * slope, 1 + i);
      }
    }
  }

  Resolution resolution_;
  WarpedImageOptions options_;
  size_t parameters_;
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
