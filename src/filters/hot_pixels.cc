// SPDX-License-Identifier: Apache-2.0
// Pixels that are found to have too many events, and the events of all others.
#include <algorithm>
#include <cmath>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

using Counts = std::vector<uint64_t>;

// The counts of the pixels that have events, in order of size.
Counts active_counts(const Counts& counts) {
  Counts active;
  std::ranges::copy_if(counts, std::back_inserter(active), [](uint64_t n) { return n > 0; });
  std::ranges::sort(active);
  return active;
}

double median_of(const std::vector<double>& sorted) {
  const size_t n = sorted.size();
  return n % 2 != 0 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

// median + threshold * MAD: half of all are no further from the median than MAD.
double robust_limit(const Counts& active, double threshold) {
  std::vector<double> values(active.begin(), active.end());
  const double median = median_of(values);
  for (double& value : values) value = std::abs(value - median);
  std::ranges::sort(values);
  return median + threshold * std::max(median_of(values), 1.0);
}

double quantile_limit(const Counts& active, double quantile) {
  const auto last = static_cast<double>(active.size() - 1);
  // The nearest one; of two equally near, the one that is even.
  return static_cast<double>(active[static_cast<size_t>(std::nearbyint(quantile * last))]);
}

double deviation_limit(const Counts& active, double threshold) {
  const auto n = static_cast<double>(active.size());
  double sum = 0;
  double squares = 0;
  for (const uint64_t count : active) sum += static_cast<double>(count);
  for (const uint64_t count : active) {
    const double off = static_cast<double>(count) - sum / n;
    squares += off * off;
  }
  return sum / n + threshold * std::sqrt(squares / n);
}

class HotPixels final : public SensorFilter {
 public:
  HotPixels(const Sensor& sensor, const HotPixelOptions& options)
      : SensorFilter("hot_pixels", sensor, {.learns = true}),
        options_(options),
        width_(static_cast<size_t>(sensor.width)),
        height_(static_cast<size_t>(sensor.height)),
        kept_(width_ * height_, 1) {}

 private:
  size_t select(const EventColumns& events, size_t n, uint64_t* bits) override {
    return fill_bits(n, bits, [=, kept = kept_.data(), width = width_](size_t i) {
      return kept[static_cast<size_t>(events.y[i]) * width + static_cast<size_t>(events.x[i])];
    });
  }

  void study(const EventBatch& events) override {
    if (counts_.empty()) {
      counts_.assign(width_ * height_, 0);
      first_ = INT64_MAX;
      last_ = INT64_MIN;
    }
    uint64_t* counts = counts_.data();
    const size_t width = width_;
    for (size_t i = 0; i < events.size(); ++i) {
      const int16_t x = events.x()[i];
      const int16_t y = events.y()[i];
      if (!is_inside(sensor(), x, y)) continue;
      ++counts[static_cast<size_t>(y) * width + static_cast<size_t>(x)];
    }
    const auto times = std::minmax_element(events.t(), events.t() + events.size());
    if (events.size() == 0) return;
    first_ = std::min(first_, *times.first);
    last_ = std::max(last_, *times.second);
  }

  void conclude() override {
    std::ranges::fill(kept_, uint8_t{1});
    const Counts counts = std::exchange(counts_, {});
    const Counts active = active_counts(counts);
    if (active.empty()) return;
    if (options_.method == HotPixelMethod::kNeighbours) {
      judge_beside_neighbours(counts);
      return;
    }
    const double limit = limit_of(active);
    for (size_t i = 0; i < counts.size(); ++i) {
      kept_[i] = static_cast<double>(counts[i]) <= limit ? 1 : 0;
    }
  }

  double limit_of(const Counts& active) const {
    switch (options_.method) {
      case HotPixelMethod::kRate: {
        const double us = static_cast<double>(last_) - static_cast<double>(first_);
        return options_.threshold * us * 1e-6;
      }
      case HotPixelMethod::kQuantile:
        return quantile_limit(active, options_.threshold);
      case HotPixelMethod::kDeviation:
        return deviation_limit(active, options_.threshold);
      case HotPixelMethod::kRobust:
      case HotPixelMethod::kNeighbours:
        break;
    }
    return robust_limit(active, options_.threshold);
  }

  // A pixel is hot if it has more than `threshold` times the events of the busiest one of the
  // eight around it, which counts as one event at least.
  void judge_beside_neighbours(const Counts& counts) {
    PixelMap<uint64_t> values(sensor(), 0, 1);
    const auto map = values.view();
    for (size_t i = 0; i < counts.size(); ++i) *cell_of(map, i) = counts[i];
    for (size_t i = 0; i < counts.size(); ++i) {
      const uint64_t* cell = cell_of(map, i);
      uint64_t most = std::max({cell[-1], cell[1], uint64_t{1}});
      for (const uint64_t* row : {cell - map.stride, cell + map.stride}) {
        most = std::max({most, row[-1], row[0], row[1]});
      }
      const double limit = options_.threshold * static_cast<double>(most);
      kept_[i] = static_cast<double>(*cell) <= limit ? 1 : 0;
    }
  }

  uint64_t* cell_of(const PixelMap<uint64_t>::View& map, size_t pixel) const noexcept {
    return map.at(static_cast<int16_t>(pixel % width_), static_cast<int16_t>(pixel / width_));
  }

  HotPixelOptions options_;
  size_t width_, height_;
  std::vector<uint8_t> kept_;
  Counts counts_;  // of each pixel while it learns
  int64_t first_ = 0, last_ = 0;
};

}  // namespace

std::unique_ptr<Filter> make_hot_pixels(const Sensor& sensor, const HotPixelOptions& options) {
  const bool quantile = options.method == HotPixelMethod::kQuantile;
  if (!(options.threshold >= 0) || std::isinf(options.threshold) ||
      (quantile && options.threshold > 1)) {
    throw Error(ErrorCode::kArgument,
                quantile ? "a quantile must be between 0 and 1"
                         : "the threshold of hot pixels must be 0 or more, and finite");
  }
  return std::make_unique<HotPixels>(sensor, options);
}

}  // namespace evarrow
