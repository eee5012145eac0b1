// SPDX-License-Identifier: Apache-2.0
// Twelve channels: a window, a quantity of its events, and what is made of that at each pixel.
// Source: Zubic et al., From Chaos Comes Order, ICCV 2023 (ERGO-12).
#include <algorithm>
#include <array>

#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

enum class Quantity : uint8_t { kPolarity, kTime, kOne };
enum class Made : uint8_t { kVariance, kMean, kSum, kMost };
enum class Of : uint8_t { kAll, kOff, kOn };

struct Channel {
  uint8_t window;  // 0: all; 1 to 3: thirds; 4 to 6: the latest half, quarter and eighth
  Quantity quantity;
  Of of;
  Made made;
};
constexpr std::array<Channel, 12> kChannels = {{
    {0, Quantity::kPolarity, Of::kAll, Made::kVariance},
    {3, Quantity::kTime, Of::kOff, Made::kVariance},
    {2, Quantity::kOne, Of::kOff, Made::kMean},
    {6, Quantity::kPolarity, Of::kAll, Made::kSum},
    {5, Quantity::kOne, Of::kOn, Made::kMean},
    {6, Quantity::kOne, Of::kAll, Made::kSum},
    {2, Quantity::kTime, Of::kOn, Made::kMean},
    {5, Quantity::kOne, Of::kOff, Made::kMean},
    {1, Quantity::kTime, Of::kOff, Made::kMost},
    {0, Quantity::kTime, Of::kOn, Made::kMost},
    {4, Quantity::kTime, Of::kAll, Made::kMost},
    {1, Quantity::kOne, Of::kAll, Made::kMean},
}};

class Ergo12 final : public Accumulator {
 public:
  explicit Ergo12(size_t cells) : cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<double*>(out);
    counts_.assign(kChannels.size() * cells_, 0);
    squares_.assign(2 * cells_, 0);
    t_first_ = window.t_first;
    const auto span = static_cast<double>(window.span());
    scale_ = span > 0 ? 1 / span : 0;
    const uint64_t n = window.rows();
    const uint64_t third = n / 3;
    rows_ = {{{0, n},
              {0, third},
              {third, 2 * third},
              {2 * third, 3 * third},
              {n - n / 2, n},
              {n - n / 4, n},
              {n - n / 8, n}}};
  }

  void add(const Block& block) noexcept override {
    for (size_t c = 0; c < kChannels.size(); ++c) {
      const auto& [from, to] = rows_[kChannels[c].window];
      const uint64_t begin = std::max(from, block.row);
      const uint64_t end = std::min(to, block.row + block.n);
      for (uint64_t row = begin; row < end; ++row) add_event(c, block, row - block.row);
    }
  }

  void finish() override {
    for (size_t c = 0; c < kChannels.size(); ++c) {
      const Made made = kChannels[c].made;
      if (made == Made::kSum || made == Made::kMost) continue;
      for (size_t cell = 0; cell < cells_; ++cell) {
        const uint32_t count = counts_[c * cells_ + cell];
        if (count == 0) continue;
        double& value = out_[c * cells_ + cell];
        value /= count;
        if (made == Made::kVariance) value = squares_[c * cells_ + cell] / count - value * value;
      }
    }
  }

 private:
  void add_event(size_t c, const Block& block, size_t i) noexcept {
    const Channel& channel = kChannels[c];
    const bool on = block.polarity[i] > 0;
    if (channel.of != Of::kAll && on != (channel.of == Of::kOn)) return;
    double value = 1;
    if (channel.quantity == Quantity::kPolarity) value = on ? 1 : -1;
    if (channel.quantity == Quantity::kTime) {
      value =
          static_cast<double>(static_cast<uint64_t>(block.t[i]) - static_cast<uint64_t>(t_first_)) *
          scale_;
    }
    double& sum = out_[c * cells_ + block.cell[i]];
    sum = channel.made == Made::kMost ? std::max(sum, value) : sum + value;
    ++counts_[c * cells_ + block.cell[i]];
    // The channels with a variance are the first two.
    if (channel.made == Made::kVariance) squares_[c * cells_ + block.cell[i]] += value * value;
  }

  size_t cells_;
  double* out_ = nullptr;
  std::vector<uint32_t> counts_;
  std::vector<double> squares_;
  std::array<std::pair<uint64_t, uint64_t>, 7> rows_{};
  int64_t t_first_ = 0;
  double scale_ = 0;
};

}  // namespace

Representation ergo12(Resolution resolution) {
  return kind_of<Ergo12>(resolution, {kChannels.size()}, ValueType::kF64, cells_of(resolution));
}

}  // namespace evarrow
