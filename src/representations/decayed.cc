// SPDX-License-Identifier: Apache-2.0
// Values that events raise and that decay between events.
// Sources: dv-processing 2.0, Accumulator, Apache-2.0; Cannici et al., Attention Mechanisms for
// Object Recognition with Event-Based Cameras, WACV 2019 (leaky surface); OpenEB 5.1,
// TimeDecayFrameGenerationAlgorithm, Apache-2.0.
#include <algorithm>
#include <cmath>
#include <limits>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

using Decay = DecayedOptions::Decay;

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

double between(int64_t earlier, int64_t later) noexcept {
  return static_cast<double>(later) - static_cast<double>(earlier);
}

class LeakySurface final : public Accumulator {
 public:
  LeakySurface(size_t cells, const LeakySurfaceOptions& options)
      : options_(options), stride_(options.split ? cells : 0), size_(cells + stride_) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    t_picture_ = window.t_picture();
    if (!options_.carries || values_.empty()) {
      values_.assign(size_, 0);
      times_.assign(size_, kNever);
    }
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = block.cell[i] + is_on(block.polarity[i]) * stride_;
      values_[cell] = leaked(cell, block.t[i]) + 1;
      times_[cell] = block.t[i];
    }
  }

  void finish() override {
    for (size_t i = 0; i < size_; ++i) out_[i] = static_cast<float>(leaked(i, t_picture_));
  }

 private:
  double leaked(size_t cell, int64_t t) const noexcept {
    if (times_[cell] == kNever) return 0;
    return std::max(values_[cell] - options_.rate * between(times_[cell], t), 0.0);
  }

  LeakySurfaceOptions options_;
  size_t stride_, size_;
  float* out_ = nullptr;
  int64_t t_picture_ = 0;
  std::vector<double> values_;
  std::vector<int64_t> times_;  // of the last event of each pixel
};

class DecayedImage final : public Accumulator {
 public:
  DecayedImage(size_t cells, const DecayedOptions& options)
      : options_(options), values_(cells, options.neutral), times_(cells, kNever) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = out;
    window_ = window;
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = block.cell[i];
      const bool up = options_.rectify || block.polarity[i] > 0;
      const float step = up ? options_.contribution : -options_.contribution;
      values_[cell] =
          std::clamp(decayed(cell, block.t[i]) + step, options_.least, options_.greatest);
      times_[cell] = block.t[i];
    }
  }

  void finish() override {
    const float scale = 255 / (options_.greatest - options_.least);
    for (size_t i = 0; i < values_.size(); ++i) {
      const bool goes_on = options_.synchronous && window_.rows() > 0;
      const float value = goes_on ? decayed(i, window_.t_last) : values_[i];
      if (options_.bytes) {
        reinterpret_cast<uint8_t*>(out_)[i] =
            static_cast<uint8_t>(std::lround((value - options_.least) * scale));
      } else {
        reinterpret_cast<float*>(out_)[i] = value;
      }
    }
    if (options_.decay == Decay::kStep) std::ranges::fill(values_, options_.neutral);
  }

 private:
  float decayed(size_t cell, int64_t t) const noexcept {
    const float value = values_[cell];
    if (times_[cell] == kNever) return value;
    const double time = std::max(between(times_[cell], t), 0.0);
    const float distance = value - options_.neutral;
    if (options_.decay == Decay::kExponential) {
      return distance * static_cast<float>(std::exp(-time / options_.rate)) + options_.neutral;
    }
    if (options_.decay != Decay::kLinear) return value;
    const auto step = static_cast<float>(time * options_.rate);
    return std::fabs(distance) <= step ? options_.neutral : value - (distance > 0 ? step : -step);
  }

  DecayedOptions options_;
  std::byte* out_ = nullptr;
  Window window_;
  std::vector<float> values_;
  std::vector<int64_t> times_;  // when each value was what it is
};

class TimeDecay final : public Accumulator {
 public:
  TimeDecay(size_t cells, double tau) : tau_(tau), last_(cells, kNever), on_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<uint8_t*>(out);
    t_picture_ = window.t_picture();
  }
  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      last_[block.cell[i]] = block.t[i];
      on_[block.cell[i]] = static_cast<uint8_t>(is_on(block.polarity[i]));
    }
  }
  void finish() override {
    for (size_t i = 0; i < last_.size(); ++i) {
      const double size = last_[i] == kNever ? 0 : std::exp(-between(last_[i], t_picture_) / tau_);
      out_[i] = static_cast<uint8_t>(std::lround((1 + (on_[i] != 0 ? size : -size)) * 127.5));
    }
  }

 private:
  double tau_;
  uint8_t* out_ = nullptr;
  int64_t t_picture_ = 0;
  std::vector<int64_t> last_;
  std::vector<uint8_t> on_;
};

}  // namespace

Representation leaky_surface(Resolution resolution, const LeakySurfaceOptions& options) {
  if (!(options.rate >= 0)) throw Error(ErrorCode::kArgument, "the rate must not be negative");
  const std::vector<size_t> leading =
      options.split ? std::vector<size_t>{2} : std::vector<size_t>{};
  Representation what =
      kind_of<LeakySurface>(resolution, leading, ValueType::kF32, cells_of(resolution), options);
  what.carries = options.carries;
  return what;
}

Representation decayed_image(Resolution resolution, const DecayedOptions& options) {
  if (!(options.greatest > options.least) || !(options.rate > 0)) {
    throw Error(ErrorCode::kArgument,
                "the greatest value must be above the least, the rate above 0");
  }
  Representation what =
      kind_of<DecayedImage>(resolution, {}, options.bytes ? ValueType::kU8 : ValueType::kF32,
                            cells_of(resolution), options);
  what.carries = true;
  return what;
}

Representation time_decay(Resolution resolution, double tau) {
  if (!(tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  Representation what =
      kind_of<TimeDecay>(resolution, {}, ValueType::kU8, cells_of(resolution), tau);
  what.carries = true;
  return what;
}

}  // namespace evarrow
