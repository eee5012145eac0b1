// SPDX-License-Identifier: Apache-2.0
// How many events each pixel has.
#include "evarrow/representation.h"

namespace evarrow {
namespace {

class MergedCount final : public Accumulator {
 public:
  void begin(const Window& /*window*/, std::byte* out) override {
    counts_ = reinterpret_cast<uint32_t*>(out);
  }
  void add(const Block& block) noexcept override {
    uint32_t* counts = counts_;
    for (size_t i = 0; i < block.n; ++i) ++counts[block.cell[i]];
  }

 private:
  uint32_t* counts_ = nullptr;
};

class SplitCount final : public Accumulator {
 public:
  explicit SplitCount(size_t cells) : cells_(cells) {}
  void begin(const Window& /*window*/, std::byte* out) override {
    counts_ = reinterpret_cast<uint32_t*>(out);
  }
  void add(const Block& block) noexcept override {
    uint32_t* counts = counts_;
    for (size_t i = 0; i < block.n; ++i) {
      ++counts[block.cell[i] + (block.polarity[i] > 0 ? cells_ : 0)];
    }
  }

 private:
  size_t cells_;
  uint32_t* counts_ = nullptr;
};

class SignedCount final : public Accumulator {
 public:
  void begin(const Window& /*window*/, std::byte* out) override {
    sums_ = reinterpret_cast<int32_t*>(out);
  }
  void add(const Block& block) noexcept override {
    int32_t* sums = sums_;
    for (size_t i = 0; i < block.n; ++i) {
      sums[block.cell[i]] += block.polarity[i] > 0 ? 1 : -1;
    }
  }

 private:
  int32_t* sums_ = nullptr;
};

}  // namespace

Representation count_image(Resolution resolution, Polarities polarities) {
  const auto width = static_cast<size_t>(resolution.width);
  const auto height = static_cast<size_t>(resolution.height);
  Representation what;
  what.resolution = resolution;
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY | 1U << kPolarity;
  what.shape = {height, width};
  what.type = ValueType::kU32;
  switch (polarities) {
    case Polarities::kSplit:
      what.shape = {2, height, width};
      what.make = [cells = width * height] { return std::make_unique<SplitCount>(cells); };
      break;
    case Polarities::kMerged:
      what.columns = 1U << kX | 1U << kY;
      what.make = [] { return std::make_unique<MergedCount>(); };
      break;
    case Polarities::kSigned:
      what.type = ValueType::kI32;
      what.make = [] { return std::make_unique<SignedCount>(); };
      break;
  }
  return what;
}

}  // namespace evarrow
