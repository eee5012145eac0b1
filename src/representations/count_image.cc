// SPDX-License-Identifier: Apache-2.0
// How many events each pixel has.
#include <algorithm>
#include <vector>

#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

// Adds what another array of as many values has.
template <typename T>
void add_all(T* sums, const T* others, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) sums[i] += others[i];
}

class MergedCount final : public Accumulator {
 public:
  explicit MergedCount(size_t cells) : cells_(cells) {}
  void begin(const Window& /*window*/, std::byte* out) override {
    counts_ = reinterpret_cast<uint32_t*>(out);
  }
  void add(const Block& block) noexcept override {
    uint32_t* counts = counts_;
    for (size_t i = 0; i < block.n; ++i) ++counts[block.cell[i]];
  }
  bool absorbs() const override { return true; }
  void absorb(const Accumulator& later) override {
    add_all(counts_, static_cast<const MergedCount&>(later).counts_, cells_);
  }

 private:
  size_t cells_;
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
      ++counts[block.cell[i] + is_on(block.polarity[i]) * cells_];
    }
  }
  bool absorbs() const override { return true; }
  void absorb(const Accumulator& later) override {
    add_all(counts_, static_cast<const SplitCount&>(later).counts_, 2 * cells_);
  }

 private:
  size_t cells_;
  uint32_t* counts_ = nullptr;
};

class SignedCount final : public Accumulator {
 public:
  explicit SignedCount(size_t cells) : cells_(cells) {}
  void begin(const Window& /*window*/, std::byte* out) override {
    sums_ = reinterpret_cast<int32_t*>(out);
  }
  void add(const Block& block) noexcept override {
    int32_t* sums = sums_;
    for (size_t i = 0; i < block.n; ++i) {
      sums[block.cell[i]] += sign_of(block.polarity[i]);
    }
  }
  bool absorbs() const override { return true; }
  void absorb(const Accumulator& later) override {
    add_all(sums_, static_cast<const SignedCount&>(later).sums_, cells_);
  }

 private:
  size_t cells_;
  int32_t* sums_ = nullptr;
};

class TernaryImage final : public Accumulator {
 public:
  explicit TernaryImage(size_t cells) : sums_(cells) {}
  void begin(const Window& /*window*/, std::byte* out) override {
    out_ = reinterpret_cast<int8_t*>(out);
    std::ranges::fill(sums_, 0);
  }
  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      sums_[block.cell[i]] += sign_of(block.polarity[i]);
    }
  }
  bool absorbs() const override { return true; }
  void absorb(const Accumulator& later) override {
    add_all(sums_.data(), static_cast<const TernaryImage&>(later).sums_.data(), sums_.size());
  }
  void finish() override {
    for (size_t i = 0; i < sums_.size(); ++i) {
      out_[i] = static_cast<int8_t>((sums_[i] > 0 ? 1 : 0) - (sums_[i] < 0 ? 1 : 0));
    }
  }

 private:
  std::vector<int32_t> sums_;
  int8_t* out_ = nullptr;
};

class BinaryImage final : public Accumulator {
 public:
  void begin(const Window& /*window*/, std::byte* out) override {
    out_ = reinterpret_cast<uint8_t*>(out);
  }
  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) out_[block.cell[i]] = 1;
  }

 private:
  uint8_t* out_ = nullptr;
};

Representation kind_for(Resolution resolution, Polarities polarities) {
  switch (polarities) {
    case Polarities::kSplit:
      return kind_of<SplitCount>(resolution, {2}, ValueType::kU32, cells_of(resolution));
    case Polarities::kMerged:
      return kind_of<MergedCount>(resolution, {}, ValueType::kU32, cells_of(resolution));
    case Polarities::kSigned:
      return kind_of<SignedCount>(resolution, {}, ValueType::kI32, cells_of(resolution));
    case Polarities::kTernary:
      return kind_of<TernaryImage>(resolution, {}, ValueType::kI8, cells_of(resolution));
    case Polarities::kBinary:
      break;
  }
  return kind_of<BinaryImage>(resolution, {}, ValueType::kU8);
}

}  // namespace

Representation count_image(Resolution resolution, Polarities polarities) {
  Representation what = kind_for(resolution, polarities);
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY;
  const bool blind = polarities == Polarities::kMerged || polarities == Polarities::kBinary;
  if (!blind) what.columns |= 1U << kPolarity;
  return what;
}

}  // namespace evarrow
