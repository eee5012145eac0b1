// SPDX-License-Identifier: Apache-2.0
// The last few events of each pixel as logarithms of their ages.
// Source: Baldwin et al., Time-Ordered Recent Event (TORE) Volumes for Event Cameras, TPAMI 2022.
#include <algorithm>
#include <cmath>
#include <limits>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class Tore final : public Accumulator {
 public:
  Tore(size_t cells, const ToreOptions& options)
      : options_(options), cells_(cells), depth_(static_cast<size_t>(options.depth)) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    t_picture_ = window.t_picture();
    if (times_.empty() || !options_.carries) times_.assign(2 * cells_ * depth_, kUnseen);
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      // ON comes first here. The newest of a pixel is the first of its times.
      int64_t* times =
          times_.data() + (block.cell[i] + (1 - is_on(block.polarity[i])) * cells_) * depth_;
      std::copy_backward(times, times + depth_ - 1, times + depth_);
      times[0] = block.t[i];
    }
  }

  void finish() override {
    const double floor = std::log(options_.least + 1);
    for (size_t part = 0; part < 2; ++part) {
      for (size_t cell = 0; cell < cells_; ++cell) {
        const int64_t* times = times_.data() + (part * cells_ + cell) * depth_;
        for (size_t k = 0; k < depth_; ++k) {
          const double value = std::log(age_of(times[k]) + 1) - floor;
          out_[(part * depth_ + k) * cells_ + cell] = static_cast<float>(std::max(value, 0.0));
        }
      }
    }
  }

 private:
  static constexpr int64_t kUnseen = std::numeric_limits<int64_t>::min();

  double age_of(int64_t t) const noexcept {
    if (t == kUnseen) return options_.greatest;
    const double age = static_cast<double>(t_picture_) - static_cast<double>(t);
    return std::clamp(age, 0.0, options_.greatest);
  }

  ToreOptions options_;
  size_t cells_, depth_;
  float* out_ = nullptr;
  int64_t t_picture_ = 0;
  std::vector<int64_t> times_;
};

}  // namespace

Representation tore(Resolution resolution, const ToreOptions& options) {
  if (options.depth < 1 || options.least < 0 || options.greatest < options.least) {
    throw Error(ErrorCode::kArgument, "at least one event is remembered, and ages have bounds");
  }
  Representation what = kind_of<Tore>(resolution, {2 * static_cast<size_t>(options.depth)},
                                      ValueType::kF32, cells_of(resolution), options);
  what.carries = options.carries;
  return what;
}

}  // namespace evarrow
