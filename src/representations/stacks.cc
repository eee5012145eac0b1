// SPDX-License-Identifier: Apache-2.0
// Stacks of ever shorter windows that end with the last event.
// Sources: RVT, MixedDensityEventStack, MIT; Nam et al., Stereo Depth from Events Cameras:
// Concentrate and Focus on the Future, CVPR 2022.
#include <algorithm>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/bins.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class MixedDensityStack final : public Accumulator {
 public:
  MixedDensityStack(size_t cells, const MixedDensityOptions& options)
      : options_(options), cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<int8_t*>(out);
    const auto span = static_cast<float>(std::max<uint64_t>(window.span(), 1));
    bins_.set(find_cuts(window.t_first, window.t_last, 0, options_.bins - 1,
                        [&](int64_t t) {
                          const uint64_t time =
                              static_cast<uint64_t>(t) - static_cast<uint64_t>(window.t_first);
                          const float share =
                              std::clamp(static_cast<float>(time) / span, 1e-6F, 1 - 1e-6F);
                          const float bin =
                              static_cast<float>(options_.bins) - std::log(share) / std::log(0.5F);
                          return static_cast<int64_t>(std::floor(std::max(bin, 0.0F)));
                        }),
              window.in_order);
  }

  void add(const Block& block) noexcept override {
    bins_.walk(
        block,
        [&](size_t begin, size_t end) {
          int8_t* sums = out_ + bins_.number() * cells_;
          for (size_t i = begin; i < end; ++i) {
            int8_t& sum = sums[block.cell[i]];
            sum = static_cast<int8_t>(sum + sign_of(block.polarity[i]));
          }
        },
        [&](size_t number) { bins_.go_to(number); });
  }

  void finish() override {
    const size_t n = static_cast<size_t>(options_.bins) * cells_;
    for (size_t i = cells_; i < n; ++i) {
      out_[i] = static_cast<int8_t>(out_[i] + out_[i - cells_]);
    }
    if (options_.cutoff <= 0 || options_.cutoff > INT8_MAX) return;
    const auto cutoff = static_cast<int8_t>(options_.cutoff);
    const auto least = static_cast<int8_t>(-cutoff);
    for (size_t i = 0; i < n; ++i) out_[i] = std::clamp(out_[i], least, cutoff);
  }

  std::vector<int64_t> cuts() const override { return bins_.cuts(); }

 private:
  MixedDensityOptions options_;
  size_t cells_;
  int8_t* out_ = nullptr;
  BinWalk bins_;
};

class EventStack final : public Accumulator {
 public:
  EventStack(size_t cells, size_t levels) : cells_(cells), from_(levels) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<int8_t*>(out);
    for (size_t level = 0; level < from_.size(); ++level) {
      from_[level] = window.rows() - (window.rows() >> level);
    }
  }

  void add(const Block& block) noexcept override {
    for (size_t level = 0; level < from_.size(); ++level) {
      if (from_[level] >= block.row + block.n) return;
      const size_t begin = from_[level] > block.row ? from_[level] - block.row : 0;
      int8_t* last = out_ + level * cells_;
      for (size_t i = begin; i < block.n; ++i) {
        last[block.cell[i]] = static_cast<int8_t>(sign_of(block.polarity[i]));
      }
    }
  }

 private:
  size_t cells_;
  std::vector<uint64_t> from_;  // the first row of each level
  int8_t* out_ = nullptr;
};

}  // namespace

Representation mixed_density_stack(Resolution resolution, const MixedDensityOptions& options) {
  if (options.bins < 1) throw Error(ErrorCode::kArgument, "a stack has at least one bin");
  return kind_of<MixedDensityStack>(resolution, {static_cast<size_t>(options.bins)}, ValueType::kI8,
                                    cells_of(resolution), options);
}

Representation event_stack(Resolution resolution, int levels) {
  if (levels < 1 || levels > 64) {
    throw Error(ErrorCode::kArgument, "a stack has from 1 to 64 levels");
  }
  const auto n = static_cast<size_t>(levels);
  return kind_of<EventStack>(resolution, {n}, ValueType::kI8, cells_of(resolution), n);
}

}  // namespace evarrow
