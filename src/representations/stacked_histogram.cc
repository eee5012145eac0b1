// SPDX-License-Identifier: Apache-2.0
// Counts in bins of time, by polarity.
// Source: RVT (Gehrig and Scaramuzza, CVPR 2023), StackedHistogram, MIT.
#include <algorithm>
#include <cmath>
#include <limits>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/bins.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

using Overflow = StackedHistogramOptions::Overflow;

template <typename T, bool kSaturates>
class StackedHistogram final : public Accumulator {
 public:
  StackedHistogram(size_t cells, const StackedHistogramOptions& options)
      : options_(options), cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<T*>(out);
    const uint64_t span = std::max<uint64_t>(window.span(), 1);
    bins_.set(find_cuts(window.t_first, window.t_last, 0, options_.bins - 1,
                        [&](int64_t t) { return bin_of(t, window.t_first, span); }),
              window.in_order);
  }

  void add(const Block& block) noexcept override {
    bins_.walk(
        block,
        [&](size_t begin, size_t end) {
          add_run(out_ + bins_.number() * cells_, block.cell + begin, block.polarity + begin,
                  end - begin);
        },
        [&](size_t number) { bins_.go_to(number); });
  }

  void finish() override {
    if (options_.cutoff == 0 || options_.cutoff >= kMost) return;
    const T cutoff = static_cast<T>(options_.cutoff);
    const size_t n = 2 * static_cast<size_t>(options_.bins) * cells_;
    for (size_t i = 0; i < n; ++i) out_[i] = std::min(out_[i], cutoff);
  }

  std::vector<int64_t> cuts() const override { return bins_.cuts(); }

 private:
  static constexpr T kMost = std::numeric_limits<T>::max();

  // Counts of one byte could be anything to a compiler, so all else is kept in registers by hand.
  void add_run(T* counts, const uint32_t* cell, const int8_t* polarity, size_t n) const noexcept {
    const size_t stride = static_cast<size_t>(options_.bins) * cells_;
    for (size_t i = 0; i < n; ++i) {
      T& count = counts[cell[i] + is_on(polarity[i]) * stride];
      count = static_cast<T>(count + (!kSaturates || count < kMost ? 1 : 0));
    }
  }

  int64_t bin_of(int64_t t, int64_t first, uint64_t span) const noexcept {
    const uint64_t time = static_cast<uint64_t>(t) - static_cast<uint64_t>(first);
    if (options_.single_precision) {
      const float share = static_cast<float>(time) / static_cast<float>(span);
      return static_cast<int64_t>(std::floor(share * static_cast<float>(options_.bins)));
    }
    // The product in two parts: time can be anything.
    const auto bins = static_cast<uint64_t>(options_.bins);
    if (time <= UINT64_MAX / bins) return static_cast<int64_t>(time * bins / span);
    return static_cast<int64_t>(time / (span / bins));
  }

  StackedHistogramOptions options_;
  size_t cells_;
  T* out_ = nullptr;
  BinWalk bins_;
};

}  // namespace

Representation stacked_histogram(Resolution resolution, const StackedHistogramOptions& options) {
  if (options.bins < 1) throw Error(ErrorCode::kArgument, "a histogram has at least one bin");
  const std::vector<size_t> channels = {2 * static_cast<size_t>(options.bins)};
  const size_t cells = cells_of(resolution);
  switch (options.overflow) {
    case Overflow::kWrap:
      return kind_of<StackedHistogram<uint8_t, false>>(resolution, channels, ValueType::kU8, cells,
                                                       options);
    case Overflow::kSaturate:
      return kind_of<StackedHistogram<uint8_t, true>>(resolution, channels, ValueType::kU8, cells,
                                                      options);
    case Overflow::kNone:
      break;
  }
  return kind_of<StackedHistogram<uint32_t, false>>(resolution, channels, ValueType::kU32, cells,
                                                    options);
}

}  // namespace evarrow
