// SPDX-License-Identifier: Apache-2.0
// Events moved by chance in space and time.
#include <algorithm>
#include <cmath>

#include "evarrow/augment.h"
#include "evarrow/error.h"
#include "filters/held_rows.h"
#include "filters/philox.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

constexpr double kMostPixels = 1e6;
constexpr double kMostDeviation = 1e15;  // us

double rounded(double value, Rounding rounding) noexcept {
  return rounding == Rounding::kNearest ? std::nearbyint(value) : std::trunc(value);
}

class SpatialJitter final : public SensorFilter {
 public:
  SpatialJitter(const Sensor& sensor, const SpatialJitterOptions& options)
      : SensorFilter("spatial_jitter", sensor, {.changes = 1U << kX | 1U << kY}),
        options_(options),
        random_(options.seed, Purpose::kPlace) {}

 private:
  void restart() override { seen_ = 0; }

  int16_t moved(int16_t from, double by, int32_t pixels) const noexcept {
    double to = rounded(from + by, options_.rounding);
    if (options_.clip) to = std::clamp(to, 0.0, pixels - 1.0);
    return to >= 0 && to < pixels ? static_cast<int16_t>(to) : kGone;
  }

  void change(EventBatch& events, size_t begin, size_t n) override {
    int16_t* x = events.x() + begin;
    int16_t* y = events.y() + begin;
    for (size_t i = 0; i < n; ++i) {
      const auto [g, h] = normals(random_(seen_ + i));
      x[i] = moved(x[i], options_.a * g, sensor().width);
      y[i] = moved(y[i], options_.b * g + options_.c * h, sensor().height);
    }
    seen_ += n;
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) { return events.x[i] >= 0 && events.y[i] >= 0; });
  }

  static constexpr int16_t kGone = -1;

  SpatialJitterOptions options_;
  Philox random_;
  uint64_t seen_ = 0;  // events inside the sensor
};

class TimeJitter final : public Filter {
 public:
  explicit TimeJitter(const TimeJitterOptions& options)
      : Filter("time_jitter", {.changes = 1U << kT, .reorders = options.sort}),
        options_(options),
        random_(options.seed, Purpose::kTime),
        reach_(static_cast<int64_t>(std::ceil(options.deviation * kMostDeviations)) + 1) {}

 private:
  void restart() override {
    held_.clear();
    latest_ = INT64_MIN;
  }

  void run(EventBatch& events) override {
    int64_t* t = events.t();
    const uint64_t first = position();
    for (size_t i = 0; i < events.size(); ++i) {
      if (options_.sort) check_order(t[i]);
      const double by = options_.deviation * normals(random_(first + i))[0];
      t[i] = moved(t[i], by);
    }
    if (options_.drop_negative) drop_negative(events);
    if (!options_.sort) return;
    held_.append(events);
    held_.sort_by_time();
    // No event to come is moved before this time.
    held_.take_before(latest_ < INT64_MIN + reach_ ? INT64_MIN : latest_ - reach_, events);
  }

  void release(EventBatch& rest) override { held_.take_all(rest); }

  void check_order(int64_t t) {
    if (t < latest_) throw Error(ErrorCode::kArgument, kOutOfOrder);
    latest_ = t;
  }

  int64_t moved(int64_t t, double by) const noexcept {
    // Times are too large for double, so that it is the step that is rounded; but towards zero, as
    // others do it, the sum is.
    if (options_.rounding == Rounding::kTruncate) return time_of(static_cast<double>(t) + by);
    int64_t to = 0;
    const bool over = __builtin_add_overflow(t, time_of(std::nearbyint(by)), &to);
    return over ? (by < 0 ? INT64_MIN : INT64_MAX) : to;
  }

  static int64_t time_of(double value) noexcept {
    if (value >= 0x1p63) return INT64_MAX;
    return value <= -0x1p63 ? INT64_MIN : static_cast<int64_t>(value);
  }

  static void drop_negative(EventBatch& events) noexcept {
    size_t at = 0;
    for (size_t i = 0; i < events.size(); ++i) {
      if (events.t()[i] < 0) continue;
      if (at != i) events.copy_rows(at, events, i, 1);
      ++at;
    }
    events.resize(at);
  }

  static constexpr const char* kOutOfOrder =
      "time_jitter puts events in order again that were in order before, and these are not: sort "
      "them by t, or pass sort=False";

  TimeJitterOptions options_;
  Philox random_;
  int64_t reach_;
  int64_t latest_ = INT64_MIN;
  HeldRows held_;
};

}  // namespace

std::unique_ptr<Filter> make_spatial_jitter(const Sensor& sensor,
                                            const SpatialJitterOptions& options) {
  for (const double value : {options.a, options.b, options.c}) {
    if (!(std::abs(value) <= kMostPixels)) {
      throw Error(ErrorCode::kArgument, "the deviation of a spatial jitter is some pixels");
    }
  }
  return std::make_unique<SpatialJitter>(sensor, options);
}

std::unique_ptr<Filter> make_time_jitter(const TimeJitterOptions& options) {
  if (!(options.deviation >= 0 && options.deviation <= kMostDeviation)) {
    throw Error(ErrorCode::kArgument, "the deviation of a time jitter is 0 us or longer");
  }
  return std::make_unique<TimeJitter>(options);
}

}  // namespace evarrow
