// SPDX-License-Identifier: Apache-2.0
// Grids whose bins take events by a kernel in time.
// Source: Gehrig et al., End-to-End Learning of Representations for Asynchronous Event-Based Data,
// ICCV 2019 (event spike tensor).
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

// (t - t0) / (tN - t0)
struct Share {
  Share() = default;
  explicit Share(const Window& window)
      : t0(window.t_first), span(static_cast<double>(window.span())) {}
  double at(int64_t t) const noexcept {
    return span > 0
               ? static_cast<double>(static_cast<uint64_t>(t) - static_cast<uint64_t>(t0)) / span
               : 0;
  }
  int64_t t0 = 0;
  double span = 0;
};

class SpikeTensor final : public Accumulator {
 public:
  SpikeTensor(size_t cells, SpikeTensorOptions options)
      : options_(std::move(options)), cells_(cells), bins_(static_cast<size_t>(options_.bins)) {
    for (size_t bin = 0; bin < bins_; ++bin) {
      centres_.push_back(bins_ > 1 ? static_cast<double>(bin) / static_cast<double>(bins_ - 1) : 0);
    }
  }

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    share_ = Share(window);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const double share = share_.at(block.t[i]);
      float* values = out_ + block.cell[i] + is_on(block.polarity[i]) * bins_ * cells_;
      const double weight = options_.weighted ? share : 1;
      if (options_.kernel.empty()) {
        add_triangle(share, weight, values);
      } else {
        add_all(share, weight, values);
      }
    }
  }

 private:
  // Other bins are too far away, however quotients are rounded.
  void add_triangle(double share, double weight, float* values) const noexcept {
    const auto scale = static_cast<double>(bins_ - 1);
    const auto near = static_cast<size_t>(share * scale);
    const size_t last = std::min(near + 2, bins_ - 1);
    for (size_t bin = near > 0 ? near - 1 : 0; bin <= last; ++bin) {
      const double value = 1 - scale * std::fabs(share - centres_[bin]);
      if (value > 0) values[bin * cells_] += static_cast<float>(weight * value);
    }
  }

  void add_all(double share, double weight, float* values) const noexcept {
    for (size_t bin = 0; bin < bins_; ++bin) {
      values[bin * cells_] += static_cast<float>(weight * kernel(share - centres_[bin]));
    }
  }

  double kernel(double distance) const noexcept {
    const std::vector<float>& table = options_.kernel;
    const double at = (distance + 1) / 2 * static_cast<double>(table.size() - 1);
    const auto left =
        static_cast<size_t>(std::clamp(at, 0.0, static_cast<double>(table.size() - 2)));
    const double part = at - static_cast<double>(left);
    return static_cast<double>(table[left]) * (1 - part) +
           static_cast<double>(table[left + 1]) * part;
  }

  SpikeTensorOptions options_;
  size_t cells_, bins_;
  std::vector<double> centres_;  // of the bins
  float* out_ = nullptr;
  Share share_;
};

using Kernel = SmoothVoxelOptions::Kernel;

class SmoothVoxelGrid final : public Accumulator {
 public:
  SmoothVoxelGrid(size_t cells, const SmoothVoxelOptions& options)
      : options_(options),
        cells_(cells),
        reach_(
            std::min(static_cast<int>(std::min(std::ceil(4 * options.sigma), 1e6)), options.bins)),
        variance_(2 * options.sigma * options.sigma),
        height_(options.sigma * std::sqrt(2 * M_PI)),
        weights_(static_cast<size_t>(std::max(2 * reach_ + 1, 4))) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    share_ = Share(window);
  }

  void add(const Block& block) noexcept override {
    switch (options_.kernel) {
      case Kernel::kNearest:
        return add_by<Kernel::kNearest>(block);
      case Kernel::kTriangle:
        return add_by<Kernel::kTriangle>(block);
      case Kernel::kCubic:
        return add_by<Kernel::kCubic>(block);
      case Kernel::kGaussian:
        return add_by<Kernel::kGaussian>(block);
    }
  }

 private:
  template <Kernel kKernel>
  void add_by(const Block& block) noexcept {
    // From the bin that the first number is about to the last that has a share.
    const int before = kKernel == Kernel::kCubic ? 1 : kKernel == Kernel::kGaussian ? reach_ : 0;
    const int behind = kKernel == Kernel::kNearest    ? 0
                       : kKernel == Kernel::kTriangle ? 1
                       : kKernel == Kernel::kCubic    ? 2
                                                      : reach_;
    constexpr double kHalf = kKernel == Kernel::kNearest || kKernel == Kernel::kGaussian ? 0.5 : 0;
    double* const weights = weights_.data();
    for (size_t i = 0; i < block.n; ++i) {
      const double at = share_.at(block.t[i]) * (options_.bins - 1);
      const auto about = static_cast<int>(at + kHalf);
      const int first = std::max(about - before, 0);
      const int count = std::min(about + behind, options_.bins - 1) - first + 1;
      double sum = 0;
      for (int k = 0; k < count; ++k) {
        weights[k] = weight<kKernel>(std::fabs(at - (first + k)));
        sum += weights[k];
      }
      const double whole = sign_of(block.polarity[i]) / (options_.conserve ? sum : 1);
      float* values = out_ + static_cast<size_t>(first) * cells_ + block.cell[i];
      for (int k = 0; k < count; ++k) {
        values[static_cast<size_t>(k) * cells_] += static_cast<float>(whole * weights[k]);
      }
    }
  }

  template <Kernel kKernel>
  double weight(double d) const noexcept {
    if constexpr (kKernel == Kernel::kNearest) {
      return 1;
    } else if constexpr (kKernel == Kernel::kTriangle) {
      return std::max(0.0, 1 - d);
    } else if constexpr (kKernel == Kernel::kCubic) {
      if (d < 1) return 2.0 / 3 - d * d + d * d * d / 2;
      return d < 2 ? (2 - d) * (2 - d) * (2 - d) / 6 : 0;
    } else {
      return std::exp(-d * d / variance_) / height_;
    }
  }

  SmoothVoxelOptions options_;
  size_t cells_;
  int reach_;                 // of the normal distribution, bins
  double variance_, height_;  // what it is divided by
  std::vector<double> weights_;
  float* out_ = nullptr;
  Share share_;
};

}  // namespace

Representation spike_tensor(Resolution resolution, const SpikeTensorOptions& options) {
  if (options.bins < 1 || options.kernel.size() == 1) {
    throw Error(ErrorCode::kArgument, "a tensor has at least one bin, and a kernel two values");
  }
  return kind_of<SpikeTensor>(resolution, {2 * static_cast<size_t>(options.bins)}, ValueType::kF32,
                              cells_of(resolution), options);
}

Representation smooth_voxel_grid(Resolution resolution, const SmoothVoxelOptions& options) {
  if (options.bins < 1 || !(options.sigma > 0)) {
    throw Error(ErrorCode::kArgument, "a voxel grid has at least one bin, and sigma is above 0");
  }
  return kind_of<SmoothVoxelGrid>(resolution, {static_cast<size_t>(options.bins)}, ValueType::kF32,
                                  cells_of(resolution), options);
}

}  // namespace evarrow
