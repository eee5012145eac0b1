// SPDX-License-Identifier: Apache-2.0
// Grids whose bins take events by a kernel in time.
// Source: Gehrig et al., End-to-End Learning of Representations for Asynchronous Event-Based Data,
// ICCV 2019 (event spike tensor).
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

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
      : options_(std::move(options)), cells_(cells), bins_(static_cast<size_t>(options_.bins)) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    share_ = Share(window);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const double share = share_.at(block.t[i]);
      float* values = out_ + block.cell[i] + is_on(block.polarity[i]) * bins_ * cells_;
      const double weight = options_.weighted ? share : 1;
      for (size_t bin = 0; bin < bins_; ++bin) {
        const double centre =
            bins_ > 1 ? static_cast<double>(bin) / static_cast<double>(bins_ - 1) : 0;
        values[bin * cells_] += static_cast<float>(weight * kernel(share - centre));
      }
    }
  }

 private:
  double kernel(double distance) const noexcept {
    const std::vector<float>& table = options_.kernel;
    if (table.empty()) {
      return std::max(0.0, 1 - static_cast<double>(bins_ - 1) * std::fabs(distance));
    }
    const double at = (distance + 1) / 2 * static_cast<double>(table.size() - 1);
    const auto left =
        static_cast<size_t>(std::clamp(at, 0.0, static_cast<double>(table.size() - 2)));
    const double part = at - static_cast<double>(left);
    return static_cast<double>(table[left]) * (1 - part) +
           static_cast<double>(table[left + 1]) * part;
  }

  SpikeTensorOptions options_;
  size_t cells_, bins_;
  float* out_ = nullptr;
  Share share_;
};

class SmoothVoxelGrid final : public Accumulator {
 public:
  SmoothVoxelGrid(size_t cells, const SmoothVoxelOptions& options)
      : options_(options), cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    share_ = Share(window);
  }

  void add(const Block& block) noexcept override {
    const int reach = options_.kernel == Kernel::kGaussian
                          ? std::min(static_cast<int>(std::ceil(4 * options_.sigma)), options_.bins)
                          : 2;
    for (size_t i = 0; i < block.n; ++i) {
      const double at = share_.at(block.t[i]) * (options_.bins - 1);
      const auto nearest = static_cast<int>(std::floor(at + 0.5));
      const int first = std::max(nearest - reach, 0);
      const int last = std::min(nearest + reach, options_.bins - 1);
      double sum = 0;
      for (int bin = first; bin <= last; ++bin) sum += kernel(at - bin, bin == nearest);
      const double whole = sign_of(block.polarity[i]) / (options_.conserve ? sum : 1);
      for (int bin = first; bin <= last; ++bin) {
        out_[static_cast<size_t>(bin) * cells_ + block.cell[i]] +=
            static_cast<float>(whole * kernel(at - bin, bin == nearest));
      }
    }
  }

 private:
  using Kernel = SmoothVoxelOptions::Kernel;

  double kernel(double distance, bool is_nearest) const noexcept {
    const double d = std::fabs(distance);
    switch (options_.kernel) {
      case Kernel::kNearest:
        return is_nearest ? 1 : 0;
      case Kernel::kTriangle:
        return std::max(0.0, 1 - d);
      case Kernel::kCubic:
        if (d < 1) return 2.0 / 3 - d * d + d * d * d / 2;
        return d < 2 ? (2 - d) * (2 - d) * (2 - d) / 6 : 0;
      case Kernel::kGaussian:
        break;
    }
    return std::exp(-d * d / (2 * options_.sigma * options_.sigma)) /
           (options_.sigma * std::sqrt(2 * M_PI));
  }

  SmoothVoxelOptions options_;
  size_t cells_;
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
