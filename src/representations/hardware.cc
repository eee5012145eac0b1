// SPDX-License-Identifier: Apache-2.0
// Event frames as sensors with few bits a pixel count them (GenX320, Metavision).
// Source: OpenEB 5.1, EventFrameHistoGenerationAlgorithm, EventFrameDiffGenerationAlgorithm,
// Apache-2.0.
#include <algorithm>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class HardwareHistogram final : public Accumulator {
 public:
  HardwareHistogram(size_t cells, const HardwareHistogramOptions& options)
      : options_(options), cells_(cells) {
    if (options.packed) counts_.resize(2 * cells);
  }

  void begin(const Window& /*window*/, std::byte* out) override {
    out_ = reinterpret_cast<uint8_t*>(out);
    std::ranges::fill(counts_, uint8_t{0});
  }

  void add(const Block& block) noexcept override {
    uint8_t* const counts = options_.packed ? counts_.data() : out_;
    const uint32_t* const cell = block.cell;
    const int8_t* const polarity = block.polarity;
    const uint8_t most[] = {greatest(options_.negative_bits), greatest(options_.positive_bits)};
    const size_t cells = cells_;
    const size_t n = block.n;
    for (size_t i = 0; i < n; ++i) {
      const size_t on = is_on(polarity[i]);
      uint8_t& count = counts[cell[i] + on * cells];
      count = static_cast<uint8_t>(count + (count < most[on] ? 1 : 0));
    }
  }

  void finish() override {
    if (!options_.packed) return;
    for (size_t i = 0; i < cells_; ++i) {
      out_[i] = static_cast<uint8_t>(counts_[cells_ + i] << options_.negative_bits | counts_[i]);
    }
  }

 private:
  static uint8_t greatest(int bits) noexcept { return static_cast<uint8_t>((1U << bits) - 1); }

  HardwareHistogramOptions options_;
  size_t cells_;
  uint8_t* out_ = nullptr;
  std::vector<uint8_t> counts_;  // OFF and ON apart, where the array holds both in a byte
};

class HardwareDifference final : public Accumulator {
 public:
  explicit HardwareDifference(const HardwareDifferenceOptions& options)
      : greatest_((1 << (options.bits - 1)) - 1), wraps_(options.wraps) {}

  void begin(const Window& /*window*/, std::byte* out) override {
    sums_ = reinterpret_cast<int8_t*>(out);
  }

  void add(const Block& block) noexcept override {
    const int least = -greatest_ - 1;
    for (size_t i = 0; i < block.n; ++i) {
      int8_t& sum = sums_[block.cell[i]];
      int next = sum + sign_of(block.polarity[i]);
      if (next > greatest_) next = wraps_ ? least : greatest_;
      if (next < least) next = wraps_ ? greatest_ : least;
      sum = static_cast<int8_t>(next);
    }
  }

 private:
  int greatest_;
  bool wraps_;
  int8_t* sums_ = nullptr;
};

Representation without_times(Representation what) {
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY | 1U << kPolarity;
  return what;
}

}  // namespace

Representation hardware_histogram(Resolution resolution, const HardwareHistogramOptions& options) {
  if (options.negative_bits < 1 || options.positive_bits < 1 ||
      options.negative_bits + options.positive_bits > 8) {
    throw Error(ErrorCode::kArgument,
                "the counters of OFF and ON have a bit each at least, and 8 together at most");
  }
  const std::vector<size_t> leading =
      options.packed ? std::vector<size_t>{} : std::vector<size_t>{2};
  return without_times(kind_of<HardwareHistogram>(resolution, leading, ValueType::kU8,
                                                  cells_of(resolution), options));
}

Representation hardware_difference(Resolution resolution,
                                   const HardwareDifferenceOptions& options) {
  if (options.bits < 2 || options.bits > 8) {
    throw Error(ErrorCode::kArgument, "a counter of differences has from 2 to 8 bits");
  }
  return without_times(kind_of<HardwareDifference>(resolution, {1}, ValueType::kI8, options));
}

}  // namespace evarrow
