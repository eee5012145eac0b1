// SPDX-License-Identifier: Apache-2.0
// Events as bits and as colours.
// Sources: Barchid et al., Bina-Rep Event Frames, ICIP 2022; Huang et al., Eventpoint (Tencode),
// 2023.
#include <algorithm>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/bins.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

class BinaryFraction final : public Accumulator {
 public:
  BinaryFraction(size_t cells, int bits) : bits_(bits), cells_(cells), seen_(2 * cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<float*>(out);
    std::ranges::fill(seen_, 0);
    const int64_t first = window.timed ? window.t_begin : window.t_first;
    const int64_t end = window.timed ? window.t_end : window.t_last;
    const double span = std::max(
        static_cast<double>(static_cast<uint64_t>(end) - static_cast<uint64_t>(first)), 1.0);
    bins_.set(find_cuts(window.t_first, window.t_last, 0, bits_ - 1,
                        [&](int64_t t) {
                          const auto time = static_cast<double>(static_cast<uint64_t>(t) -
                                                                static_cast<uint64_t>(first));
                          return static_cast<int64_t>(time * bits_ / span);
                        }),
              window.in_order);
  }

  void add(const Block& block) noexcept override {
    bins_.walk(
        block,
        [&](size_t begin, size_t end) {
          const uint32_t bit = uint32_t{1} << (static_cast<size_t>(bits_) - 1 - bins_.number());
          for (size_t i = begin; i < end; ++i) {
            seen_[block.cell[i] + is_on(block.polarity[i]) * cells_] |= bit;
          }
        },
        [&](size_t number) { bins_.go_to(number); });
  }

  void finish() override {
    const auto most = static_cast<double>((uint64_t{1} << bits_) - 1);
    for (size_t i = 0; i < seen_.size(); ++i) out_[i] = static_cast<float>(seen_[i] / most);
  }

 private:
  int bits_;
  size_t cells_;
  std::vector<uint32_t> seen_;
  float* out_ = nullptr;
  BinWalk bins_;
};

class Tencode final : public Accumulator {
 public:
  explicit Tencode(size_t cells) : cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<uint8_t*>(out);
    t_last_ = window.t_last;
    span_ = static_cast<double>(window.span());
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const auto age =
          static_cast<double>(static_cast<uint64_t>(t_last_) - static_cast<uint64_t>(block.t[i]));
      const bool on = block.polarity[i] > 0;
      uint8_t* red = out_ + block.cell[i];
      red[0] = on ? 255 : 0;
      red[cells_] = span_ > 0 ? static_cast<uint8_t>(255 * (std::min(age, span_) / span_)) : 0;
      red[2 * cells_] = on ? 0 : 255;
    }
  }

 private:
  size_t cells_;
  uint8_t* out_ = nullptr;
  int64_t t_last_ = 0;
  double span_ = 0;
};

}  // namespace

Representation binary_fraction(Resolution resolution, int bits) {
  if (bits < 1 || bits > 32) throw Error(ErrorCode::kArgument, "there are from 1 to 32 bits");
  return kind_of<BinaryFraction>(resolution, {2}, ValueType::kF32, cells_of(resolution), bits);
}

Representation tencode(Resolution resolution) {
  return kind_of<Tencode>(resolution, {3}, ValueType::kU8, cells_of(resolution));
}

}  // namespace evarrow
