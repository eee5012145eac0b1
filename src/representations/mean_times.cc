// SPDX-License-Identifier: Apache-2.0
// When the events of each pixel were, on average.
// Sources: Zhu et al., CVPR 2019 (average timestamp image); Shariff et al., CSTR, 2023.
#include <algorithm>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class MeanTimes final : public Accumulator {
 public:
  MeanTimes(size_t cells, bool with_counts)
      : cells_(cells), with_counts_(with_counts), sums_(2 * cells), counts_(2 * cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    t0_ = window.t_first;
    span_ = static_cast<double>(window.span());
    std::ranges::fill(sums_, 0);
    std::ranges::fill(counts_, 0);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = block.cell[i] + is_on(block.polarity[i]) * cells_;
      sums_[cell] +=
          static_cast<double>(static_cast<uint64_t>(block.t[i]) - static_cast<uint64_t>(t0_));
      ++counts_[cell];
    }
  }

  void finish() override {
    for (size_t i = 0; i < 2 * cells_; ++i) {
      if (counts_[i] > 0 && span_ > 0) {
        out_[i] = static_cast<float>(sums_[i] / counts_[i] / span_);
      }
    }
    if (!with_counts_) return;
    uint32_t most = 1;
    for (size_t i = 0; i < cells_; ++i) most = std::max(most, counts_[i] + counts_[cells_ + i]);
    for (size_t i = 0; i < cells_; ++i) {
      out_[2 * cells_ + i] =
          static_cast<float>(counts_[i] + counts_[cells_ + i]) / static_cast<float>(most);
    }
  }

 private:
  size_t cells_;
  bool with_counts_;
  std::vector<double> sums_;
  std::vector<uint32_t> counts_;
  float* out_ = nullptr;
  int64_t t0_ = 0;
  double span_ = 0;
};

class MeanSurface final : public Accumulator {
 public:
  MeanSurface(size_t cells, const MeanSurfaceOptions& options)
      : options_(options),
        stride_(options.split ? cells : 0),
        sums_(cells + stride_),
        counts_(cells + stride_) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    t_picture_ = window.t_picture();
    std::ranges::fill(sums_, 0);
    std::ranges::fill(counts_, 0);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      // Many events share a microsecond.
      if (i == 0 || block.t[i] != block.t[i - 1]) value_ = value_at(block.t[i]);
      const size_t cell = block.cell[i] + is_on(block.polarity[i]) * stride_;
      sums_[cell] += value_;
      ++counts_[cell];
    }
  }

  void finish() override {
    for (size_t i = 0; i < sums_.size(); ++i) {
      if (counts_[i] > 0) out_[i] = static_cast<float>(sums_[i] / counts_[i]);
    }
  }

 private:
  double value_at(int64_t t) const noexcept {
    const auto age =
        static_cast<double>(static_cast<uint64_t>(t_picture_) - static_cast<uint64_t>(t));
    return options_.linear ? std::max(1 - age / options_.tau, 0.0) : std::exp(-age / options_.tau);
  }

  MeanSurfaceOptions options_;
  size_t stride_;
  std::vector<double> sums_;
  std::vector<uint32_t> counts_;
  float* out_ = nullptr;
  int64_t t_picture_ = 0;
  double value_ = 0;
};

}  // namespace

Representation mean_surface(Resolution resolution, const MeanSurfaceOptions& options) {
  if (!(options.tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  const std::vector<size_t> leading =
      options.split ? std::vector<size_t>{2} : std::vector<size_t>{};
  return kind_of<MeanSurface>(resolution, leading, ValueType::kF32, cells_of(resolution), options);
}

Representation mean_times(Resolution resolution, bool with_counts) {
  const size_t channels = with_counts ? 3 : 2;
  return kind_of<MeanTimes>(resolution, {channels}, ValueType::kF32, cells_of(resolution),
                            with_counts);
}

}  // namespace evarrow
