// SPDX-License-Identifier: Apache-2.0
// Bins of time, to the two nearest of which each event is given in shares.
// Source: Zhu et al., Unsupervised Event-based Learning of Optical Flow, Depth and Egomotion, 2019.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <mutex>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "kernels/cells.h"
#include "representations/bins.h"
#include "representations/kind.h"
#include "representations/normalize.h"

namespace evarrow {
namespace {

using Time = VoxelGridOptions::Time;

constexpr uint64_t kMostExact = uint64_t{1} << 52;  // microseconds that a loop converts exactly

// Of the pieces of planes that threads add to.
std::mutex& lock_of(const void* piece) {
  static std::array<std::mutex, 61> locks;
  return locks[reinterpret_cast<uintptr_t>(piece) / 64 % locks.size()];
}

// Where in the bins a time lies: (t - t0) * scale - offset.
struct Axis {
  int64_t t0 = 0;
  uint64_t span = 0;
  double scale = 0;
  double offset = 0;

  Axis() = default;
  Axis(const VoxelGridOptions& options, const Window& window) {
    const bool by_bounds = options.time == Time::kCentres && window.timed;
    t0 = by_bounds ? window.t_begin : window.t_first;
    const int64_t end = by_bounds ? window.t_end : window.t_last;
    span = static_cast<uint64_t>(end) - static_cast<uint64_t>(t0);
    const double factor = options.time == Time::kEnds ? options.bins - 1 : options.bins;
    scale = span == 0 ? 0 : factor / static_cast<double>(span);
    offset = options.time == Time::kCentres ? 0.5 : 0;
  }

  double at(int64_t t) const noexcept {
    return static_cast<double>(static_cast<uint64_t>(t) - static_cast<uint64_t>(t0)) * scale -
           offset;
  }
  int64_t bin(int64_t t) const noexcept { return static_cast<int64_t>(std::floor(at(t))); }
};

// Events come bin by bin, if they are in order. Those of one bin give their shares to two planes;
// both sums of a pixel lie side by side until the bin is over, so that an event touches one cache
// line. Where a window has too few events for that, shares go to the planes at once.
template <typename T>
class VoxelGrid final : public Accumulator {
 public:
  VoxelGrid(size_t cells, const VoxelGridOptions& options)
      : loops_(kernels::cell_loops()), options_(options), cells_(cells) {}

  void begin(const Window& window, std::byte* out) override {
    out_ = reinterpret_cast<T*>(out);
    axis_ = Axis(options_, window);
    low_ = axis_.offset > 0 ? -1 : 0;
    const int64_t high = options_.time == Time::kEdges ? options_.bins : options_.bins - 1;
    bins_.set(find_cuts(window.t_first, window.t_last, low_, high,
                        [this](int64_t t) { return axis_.bin(t); }),
              window.in_order);
    const auto bins = static_cast<uint64_t>(options_.bins);
    paired_ = window.in_order && window.rows() * kWorthwhile >= bins * cells_;
    if (paired_ && pairs_.empty()) pairs_.resize(2 * cells_);
    go_to(0);
  }

  void add(const Block& block) noexcept override {
    bins_.walk(
        block, [&](size_t begin, size_t end) { add_run(block, begin, end); },
        [&](size_t number) {
          flush();
          go_to(number);
        });
  }

  void flush() override {
    if (!paired_) return;
    for (size_t begin = 0; begin < cells_; begin += kPiece) {
      const size_t n = std::min(kPiece, cells_ - begin);
      T* pairs = pairs_.data() + 2 * begin;
      if (left_ != nullptr) add_second(pairs, n, left_ + begin);
      if (right_ != nullptr) add_second(pairs + 1, n, right_ + begin);
      std::fill_n(pairs, 2 * n, T{0});
    }
  }

  void finish() override {
    normalize(out_, static_cast<size_t>(options_.bins) * cells_, options_.normalize);
  }

  // Conserved shares add three sums to a plane, whose order shows.
  std::vector<int64_t> cuts() const override {
    return paired_ && !options_.conserve ? bins_.cuts() : std::vector<int64_t>();
  }

 private:
  static constexpr uint64_t kWorthwhile = 8;  // cells that are summed up in the time of an event
  static constexpr size_t kRun = 512;         // rows whose shares are made at a time
  static constexpr size_t kPiece = 4096;      // pixels whose sums are taken over at a time

  T* plane(int64_t bin) const noexcept {
    const bool is_one = out_ != nullptr && bin >= 0 && bin < options_.bins;
    return is_one ? out_ + static_cast<size_t>(bin) * cells_ : nullptr;
  }

  // Takes up the bin with this number, of those that there are.
  void go_to(size_t number) noexcept {
    bins_.go_to(number);
    const int64_t bin = low_ + static_cast<int64_t>(number);
    base_ = axis_.offset + static_cast<double>(bin);
    left_ = plane(bin);
    right_ = plane(bin + 1);
    if (!options_.conserve) return;
    if (bin < 0) left_ = plane(std::min<int64_t>(1, options_.bins - 1));
    if (right_ == nullptr) right_ = plane(options_.bins - 1);
  }

  // Shares of the bin at hand and of the one behind it, side by side.
  void make_shares(const int64_t* t, const int8_t* polarity, size_t n, T* share) const noexcept {
    if (axis_.span >= kMostExact) {
      for (size_t i = 0; i < n; ++i) {
        const T whole = static_cast<T>(sign_of(polarity[i]));
        const T right = whole * static_cast<T>(axis_.at(t[i]) + axis_.offset - base_);
        share[2 * i] = whole - right;
        share[2 * i + 1] = right;
      }
    } else if constexpr (sizeof(T) == sizeof(float)) {
      loops_.shares(t, polarity, n, axis_.t0, axis_.scale, base_, share);
    } else {
      loops_.exact_shares(t, polarity, n, axis_.t0, axis_.scale, base_, share);
    }
  }

  void add_run(const Block& block, size_t begin, size_t end) noexcept {
    alignas(64) std::array<T, 2 * kRun> share;
    for (; begin < end; begin += kRun) {
      const size_t n = std::min(kRun, end - begin);
      make_shares(block.t + begin, block.polarity + begin, n, share.data());
      if (paired_) {
        add_pairs(block.cell + begin, share.data(), n);
      } else {
        add_shares(block.cell + begin, share.data(), n);
      }
    }
  }

  void add_pairs(const uint32_t* cell, const T* share, size_t n) noexcept {
    T* pairs = pairs_.data();
    // Both at once, which compilers do not see.
    using Pair __attribute__((vector_size(2 * sizeof(T)))) = T;
    for (size_t i = 0; i < n; ++i) {
      Pair sums, more;
      std::memcpy(&sums, pairs + size_t{2} * cell[i], sizeof sums);
      std::memcpy(&more, share + 2 * i, sizeof more);
      sums += more;
      std::memcpy(pairs + size_t{2} * cell[i], &sums, sizeof sums);
    }
  }

  void add_shares(const uint32_t* cell, const T* share, size_t n) noexcept {
    for (size_t i = 0; i < n; ++i) {
      if (left_ != nullptr) left_[cell[i]] += share[2 * i];
      if (right_ != nullptr) right_[cell[i]] += share[2 * i + 1];
    }
  }

  void add_second(const T* pairs, size_t n, T* plane) const {
    const std::lock_guard lock(lock_of(plane));
    if constexpr (sizeof(T) == sizeof(float)) {
      loops_.add_second(pairs, n, plane);
    } else {
      loops_.add_exact_second(pairs, n, plane);
    }
  }

  const kernels::CellLoops& loops_;
  VoxelGridOptions options_;
  size_t cells_;
  Axis axis_;
  BinWalk bins_;
  int64_t low_ = 0;  // which bin is number 0
  T* out_ = nullptr;
  std::vector<T> pairs_;
  bool paired_ = false;
  // The bin at hand.
  double base_ = 0;
  T* left_ = nullptr;
  T* right_ = nullptr;
};

}  // namespace

Representation voxel_grid(Resolution resolution, const VoxelGridOptions& options) {
  if (options.bins < 1) throw Error(ErrorCode::kArgument, "a voxel grid has at least one bin");
  const auto bins = static_cast<size_t>(options.bins);
  const size_t cells = cells_of(resolution);
  if (options.double_precision) {
    return kind_of<VoxelGrid<double>>(resolution, {bins}, ValueType::kF64, cells, options);
  }
  return kind_of<VoxelGrid<float>>(resolution, {bins}, ValueType::kF32, cells, options);
}

}  // namespace evarrow
