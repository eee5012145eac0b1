// SPDX-License-Identifier: Apache-2.0
// Pixels that are found to have too many events, and the events of all others.
#include <algorithm>
#include <cmath>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "evarrow/machine.h"
#include "filters/pixel_counter.h"
#include "filters/pixel_map.h"
#include "filters/pixel_mask.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

using Counts = std::vector<uint64_t>;

// The counts of the pixels that have events.
Counts active_counts(const Counts& counts) {
  Counts active;
  std::ranges::copy_if(counts, std::back_inserter(active), [](uint64_t n) { return n > 0; });
  return active;
}

// Puts the values in another order, which takes less time than to sort them.
double take_median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 != 0) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

// median + threshold * MAD: half of all are no further from the median than MAD.
double robust_limit(const Counts& active, double threshold) {
  std::vector<double> values(active.begin(), active.end());
  const double median = take_median(values);
  for (double& value : values) value = std::abs(value - median);
  return median + threshold * std::max(take_median(values), 1.0);
}

double quantile_limit(Counts active, double quantile) {
  const auto last = static_cast<double>(active.size() - 1);
  // The nearest one; of two equally near, the one that is even.
  const auto nearest = active.begin() + static_cast<ptrdiff_t>(std::nearbyint(quantile * last));
  std::ranges::nth_element(active, nearest);
  return static_cast<double>(*nearest);
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
      : SensorFilter("hot_pixels", sensor, {.learns = true, .memory = Memory::kNothing}),
        options_(options),
        width_(static_cast<size_t>(sensor.width)),
        kept_(sensor, std::vector<uint8_t>(width_ * static_cast<size_t>(sensor.height), 1)),
        counter_(sensor) {}

 private:
  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    kept_.narrow(events, n, bits);
  }

  void study(const EventBatch& events) override { counter_.add(events, thread_count(0)); }

  void conclude() override {
    std::ranges::fill(kept_.wanted(), uint8_t{1});
    const PixelCounter::Total total = counter_.take();
    if (options_.method == HotPixelMethod::kNeighbours) {
      judge_beside_neighbours(total.counts);
      return;
    }
    const Counts active = active_counts(total.counts);
    if (active.empty()) return;
    const double limit = limit_of(active, total);
    for (size_t i = 0; i < total.counts.size(); ++i) {
      kept_.wanted()[i] = static_cast<double>(total.counts[i]) <= limit ? 1 : 0;
    }
  }

  double limit_of(const Counts& active, const PixelCounter::Total& total) const {
    switch (options_.method) {
      case HotPixelMethod::kRate: {
        const double us = static_cast<double>(total.last) - static_cast<double>(total.first);
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
      kept_.wanted()[i] = static_cast<double>(*cell) <= limit ? 1 : 0;
    }
  }

  uint64_t* cell_of(const PixelMap<uint64_t>::View& map, size_t pixel) const noexcept {
    return map.at(static_cast<int16_t>(pixel % width_), static_cast<int16_t>(pixel / width_));
  }

  HotPixelOptions options_;
  size_t width_;
  PixelMask kept_;
  PixelCounter counter_;
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
