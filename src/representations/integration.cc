// SPDX-License-Identifier: Apache-2.0
// Intensity from events, each of which multiplies that of its pixel by a contrast.
// Source: OpenEB 5.1, ContrastMapGenerationAlgorithm, EventsIntegrationAlgorithm, Apache-2.0.
#include <algorithm>
#include <array>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class ContrastMap final : public Accumulator {
 public:
  ContrastMap(size_t cells, float on, float off) : cells_(cells), contrasts_{off, on} {}

  void begin(const Window& /*window*/, std::byte* out) override {
    values_ = reinterpret_cast<float*>(out);
    std::fill_n(values_, cells_, 1.0F);
  }
  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      values_[block.cell[i]] *= contrasts_[is_on(block.polarity[i])];
    }
  }

 private:
  size_t cells_;
  std::array<float, 2> contrasts_;  // of OFF and ON
  float* values_ = nullptr;
};

// Sums of logarithms of contrasts, which decay.
class Integration final : public Accumulator {
 public:
  Integration(Resolution resolution, const IntegrationOptions& options)
      : options_(options),
        width_(static_cast<size_t>(resolution.width)),
        height_(static_cast<size_t>(resolution.height)),
        steps_{std::log(options.off), std::log(options.on)},
        sums_(cells_of(resolution)),
        times_(cells_of(resolution)) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<uint8_t*>(out);
    if (!begun_) t_last_ = window.t_first;
    begun_ = true;
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = block.cell[i];
      sums_[cell] = decayed(cell, block.t[i]) + steps_[is_on(block.polarity[i])];
      times_[cell] = block.t[i];
    }
    if (block.n > 0) t_last_ = block.t[block.n - 1];
  }

  void finish() override {
    const float scale =
        255 * std::exp(static_cast<float>(-options_.greatest_count) * std::log(options_.on));
    for (size_t i = 0; i < sums_.size(); ++i) {
      sums_[i] = decayed(i, t_last_);
      times_[i] = t_last_;
      const float value = scale * std::exp(sums_[i]);
      // Half to even.
      out_[i] = static_cast<uint8_t>(std::nearbyint(std::clamp(value, 0.0F, 255.0F)));
    }
    if (options_.diffusion > 0) diffuse();
  }

 private:
  float decayed(size_t cell, int64_t t) const noexcept {
    if (sums_[cell] == 0) return 0;
    const double age = static_cast<double>(t) - static_cast<double>(times_[cell]);
    return sums_[cell] * static_cast<float>(std::exp(-std::max(age, 0.0) / options_.tau));
  }

  // Row by row and in place, as OpenEB does; the border stays as it is.
  void diffuse() noexcept {
    const float share = std::min(options_.diffusion, 0.25F);
    const float rest = 1 - 4 * share;
    for (size_t y = 1; y + 1 < height_; ++y) {
      for (size_t i = y * width_ + 1; i + 1 < (y + 1) * width_; ++i) {
        sums_[i] = rest * sums_[i] + share * sums_[i - 1] + share * sums_[i + 1] +
                   share * sums_[i - width_] + share * sums_[i + width_];
      }
    }
  }

  IntegrationOptions options_;
  size_t width_, height_;
  std::array<float, 2> steps_;  // of OFF and ON
  std::vector<float> sums_;
  std::vector<int64_t> times_;  // when each sum was what it is
  int64_t t_last_ = 0;
  bool begun_ = false;
  uint8_t* out_ = nullptr;
};

void check_contrasts(float on, float off) {
  if (!(on > 0) || !(off > 0) || std::isinf(on) || std::isinf(off)) {
    throw Error(ErrorCode::kArgument, "contrasts are numbers greater than 0");
  }
}

}  // namespace

Representation contrast_map(Resolution resolution, float on, float off) {
  check_contrasts(on, off);
  Representation what =
      kind_of<ContrastMap>(resolution, {}, ValueType::kF32, cells_of(resolution), on, off);
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY | 1U << kPolarity;
  return what;
}

Representation integrated_image(Resolution resolution, const IntegrationOptions& options) {
  check_contrasts(options.on, options.off);
  if (!(options.tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  if (!(options.diffusion >= 0) || options.diffusion > 0.25F) {
    throw Error(ErrorCode::kArgument, "diffusion must be from 0 to 0.25");
  }
  Representation what = kind_of<Integration>(resolution, {}, ValueType::kU8, resolution, options);
  what.carries = true;
  return what;
}

}  // namespace evarrow
