// SPDX-License-Identifier: Apache-2.0
#include "filters/pixel_counter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "filters/selecting.h"
#include "kernels/cells.h"
#include "kernels/rows.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr size_t kFewRows = size_t{1} << 18;  // counted before other threads have begun
constexpr size_t kMostParts = 16;             // each has memory for all pixels

}  // namespace

void PixelCounter::add(const EventBatch& events, int threads) {
  const size_t n = events.size();
  const size_t parts =
      n < kFewRows ? 1 : std::min(static_cast<size_t>(std::max(threads, 1)), kMostParts);
  if (parts_.size() < parts) parts_.resize(parts);
  constexpr size_t kMostRows = UINT32_MAX;  // that a part surely holds
  for (size_t begin = 0; begin < n; begin += kMostRows) {
    const size_t rows = std::min(kMostRows, n - begin);
    if (rows > kMostRows - counted_) add_up();
    counted_ += rows;
    parallel_for(parts, threads, [&](size_t i) {
      count(parts_[i], events, begin + rows * i / parts, begin + rows * (i + 1) / parts);
    });
  }
}

void PixelCounter::count(Part& part, const EventBatch& events, size_t begin, size_t end) const {
  const auto width = static_cast<size_t>(sensor_.width);
  if (part.counts.empty()) part.counts.resize(width * static_cast<size_t>(sensor_.height));
  uint32_t* counts = part.counts.data();
  const auto& loops = kernels::cell_loops();
  std::array<uint32_t, kBlockRows> cells;
  for (; begin < end; begin += kBlockRows) {
    const size_t n = std::min(kBlockRows, end - begin);
    const int16_t* x = events.x() + begin;
    const int16_t* y = events.y() + begin;
    kernels::time_loops().widen_range(events.t() + begin, n, part.first, part.last);
    if (loops.cells(x, y, n, sensor_.width, sensor_.height, cells.data())) {
      for (size_t i = 0; i < n; ++i) ++counts[cells[i]];
      continue;
    }
    for (size_t i = 0; i < n; ++i) {
      if (!is_inside(sensor_, x[i], y[i])) continue;
      ++counts[static_cast<size_t>(y[i]) * width + static_cast<size_t>(x[i])];
    }
  }
}

void PixelCounter::add_up() {
  const size_t pixels = static_cast<size_t>(sensor_.width) * static_cast<size_t>(sensor_.height);
  total_.counts.resize(pixels);
  for (Part& part : parts_) {
    for (size_t i = 0; i < part.counts.size(); ++i) total_.counts[i] += part.counts[i];
    std::ranges::fill(part.counts, 0U);
    total_.first = std::min(total_.first, part.first);
    total_.last = std::max(total_.last, part.last);
  }
  counted_ = 0;
}

PixelCounter::Total PixelCounter::take() {
  add_up();
  parts_.clear();
  return std::exchange(total_, {});
}

}  // namespace evarrow
