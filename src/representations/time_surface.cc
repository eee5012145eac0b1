// SPDX-License-Identifier: Apache-2.0
// When each pixel last had an event, and what is made of that.
// Sources: Lagorce et al., HOTS, TPAMI 2017 (surface of active events, exponential decay);
// OpenEB 5.1, TimeSurfaceProcessor, Apache-2.0.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

using Kind = TimeSurfaceOptions::Kind;

// The last time of each pixel: as microseconds since the window's first event and 1, of which 32
// bits are enough for an hour, or as it is. OFF and ON of a pixel lie side by side, which is easier
// on the cache than two planes.
class LastTimes {
 public:
  LastTimes(size_t cells, bool split) : cells_(cells), split_(split) {
    size_ = split ? 2 * cells : cells;
  }

  size_t size() const noexcept { return size_; }
  // Where value i of an array (2, height, width) or (height, width) is.
  size_t place(size_t i) const noexcept {
    if (!split_) return i;
    return i < cells_ ? 2 * i : 2 * (i - cells_) + 1;
  }

  void begin(const Window& window, bool carries) {
    if (carries && !long_.empty()) return;
    t0_ = window.t_first;
    is_short_ = !carries && window.span() < UINT32_MAX - 1;
    if (is_short_) {
      short_.assign(size_, 0);
    } else {
      long_.assign(size_, kUnseen);
    }
  }

  void add(const Block& block) noexcept {
    // Wraps where t is less than t0, which only a window of wrong times has.
    const uint64_t base = static_cast<uint64_t>(t0_) - 1;
    if (is_short_ && split_) return put<true>(block, short_.data(), base);
    if (is_short_) return put<false>(block, short_.data(), base);
    if (split_) return put<true>(block, long_.data(), 0);
    put<false>(block, long_.data(), 0);
  }

  // Takes over the later times that another one has, which began with the same window.
  void absorb(const LastTimes& later) noexcept {
    if (is_short_) return take_seen(short_, later.short_, uint32_t{0});
    take_seen(long_, later.long_, kUnseen);
  }

  bool seen(size_t i) const noexcept {
    return is_short_ ? short_[place(i)] != 0 : long_[place(i)] != kUnseen;
  }
  int64_t at(size_t i) const noexcept {
    if (!is_short_) return long_[place(i)];
    return static_cast<int64_t>(static_cast<uint64_t>(t0_) + short_[place(i)] - 1);
  }

 private:
  static constexpr int64_t kUnseen = std::numeric_limits<int64_t>::min();

  template <typename T>
  static void take_seen(std::vector<T>& last, const std::vector<T>& later, T unseen) noexcept {
    for (size_t i = 0; i < last.size(); ++i) last[i] = later[i] == unseen ? last[i] : later[i];
  }

  template <bool kSplit, typename T>
  static void put(const Block& block, T* last, uint64_t base) noexcept {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = block.cell[i];
      const size_t place = kSplit ? 2 * cell + is_on(block.polarity[i]) : cell;
      last[place] = static_cast<T>(static_cast<uint64_t>(block.t[i]) - base);
    }
  }

  size_t cells_, size_ = 0;
  bool split_;
  bool is_short_ = false;
  int64_t t0_ = 0;
  std::vector<uint32_t> short_;
  std::vector<int64_t> long_;
};

template <typename T>
class TimeSurface final : public Accumulator {
 public:
  TimeSurface(size_t cells, const TimeSurfaceOptions& options)
      : options_(options), last_(cells, options.split) {}

  void begin(const Window& window, std::byte* out) override {
    window_ = window;
    out_ = reinterpret_cast<T*>(out);
    last_.begin(window, options_.carries);
  }
  void add(const Block& block) noexcept override { last_.add(block); }

  bool absorbs() const override { return true; }
  void absorb(const Accumulator& later) override {
    last_.absorb(static_cast<const TimeSurface&>(later).last_);
  }

  void finish() override {
    switch (options_.kind) {
      case Kind::kTimes:
        for (size_t i = 0; i < last_.size(); ++i) {
          out_[i] = static_cast<T>(last_.seen(i) ? last_.at(i) : options_.unseen);
        }
        return;
      case Kind::kExponential:
        return each(
            [tau = static_cast<Real>(options_.tau)](Real age) { return std::exp(-age / tau); });
      case Kind::kLinear:
        return each([tau = static_cast<Real>(options_.tau)](Real age) {
          return std::max(Real{0}, 1 - age / tau);
        });
      case Kind::kFraction: {
        const auto span = static_cast<Real>(difference(window_.t_end, window_.t_begin));
        return each(
            [span, whole = static_cast<Real>(difference(window_.t_picture(), window_.t_begin))](
                Real age) { return span > 0 ? (whole - age) / span : Real{0}; });
      }
      case Kind::kBytes:
        return make_bytes();
      case Kind::kRank:
        return make_ranks();
    }
  }

 private:
  // Arrays of whole numbers are not made of fractions.
  using Real = std::conditional_t<std::is_floating_point_v<T>, T, double>;

  static double difference(int64_t a, int64_t b) noexcept {
    return a >= b ? static_cast<double>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b))
                  : -static_cast<double>(static_cast<uint64_t>(b) - static_cast<uint64_t>(a));
  }

  template <typename ValueOf>
  void each(ValueOf value_of) {
    const int64_t picture = window_.t_picture();
    for (size_t i = 0; i < last_.size(); ++i) {
      if (!last_.seen(i)) continue;
      out_[i] = static_cast<T>(value_of(static_cast<Real>(difference(picture, last_.at(i)))));
    }
  }

  void make_bytes() {
    int64_t least = INT64_MAX;
    int64_t greatest = INT64_MIN;
    for (size_t i = 0; i < last_.size(); ++i) {
      if (!last_.seen(i)) continue;
      least = std::min(least, last_.at(i));
      greatest = std::max(greatest, last_.at(i));
    }
    const double span = difference(greatest, least);
    for (size_t i = 0; i < last_.size(); ++i) {
      if (!last_.seen(i) || span <= 0) continue;
      out_[i] = static_cast<T>(difference(last_.at(i), least) * 255 / span);
    }
  }

  void make_ranks() {
    std::vector<int64_t> times;
    for (size_t i = 0; i < last_.size(); ++i) {
      if (last_.seen(i)) times.push_back(last_.at(i));
    }
    std::ranges::sort(times);
    std::vector<int64_t> distinct;
    std::ranges::unique_copy(times, std::back_inserter(distinct));
    for (size_t i = 0; i < last_.size(); ++i) {
      if (!last_.seen(i)) continue;
      const auto rank = std::ranges::lower_bound(distinct, last_.at(i)) - distinct.begin() + 1;
      out_[i] = static_cast<T>(static_cast<double>(rank) / static_cast<double>(distinct.size()));
    }
  }

  TimeSurfaceOptions options_;
  LastTimes last_;
  Window window_;
  T* out_ = nullptr;
};

}  // namespace

Representation time_surface(Resolution resolution, const TimeSurfaceOptions& options) {
  if (!(options.tau > 0)) throw Error(ErrorCode::kArgument, "tau must be greater than 0");
  const std::vector<size_t> leading =
      options.split ? std::vector<size_t>{2} : std::vector<size_t>{};
  const size_t cells = cells_of(resolution);
  Representation what;
  if (options.kind == Kind::kTimes) {
    what = kind_of<TimeSurface<int64_t>>(resolution, leading, ValueType::kI64, cells, options);
  } else if (options.kind == Kind::kBytes) {
    what = kind_of<TimeSurface<uint8_t>>(resolution, leading, ValueType::kU8, cells, options);
  } else if (options.double_precision) {
    what = kind_of<TimeSurface<double>>(resolution, leading, ValueType::kF64, cells, options);
  } else {
    what = kind_of<TimeSurface<float>>(resolution, leading, ValueType::kF32, cells, options);
  }
  what.carries = options.carries;
  return what;
}

}  // namespace evarrow
