// SPDX-License-Identifier: Apache-2.0
// Whatever the number of threads, the same comes out of filters.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "evarrow/augment.h"
#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "evarrow/geometry.h"
#include "filters/bands.h"
#include "filters/events.h"

namespace evarrow {
namespace {

using Filters = std::vector<std::unique_ptr<Filter>>;

constexpr Sensor kSensor = {.width = 40, .height = 29};
constexpr size_t kMany = 1'100'000;  // more than threads share out at a time

// Some lie outside of the sensor, and most in a few of its rows.
EventBatch many_events() {
  Rows rows = random_rows(kMany, 41, 31, 3);
  for (size_t i = 0; i < rows.size(); i += 2) rows[i].y = static_cast<int16_t>(i % 5);
  for (size_t i = 0; i < rows.size(); i += 1000) rows[i].x = -1;
  return to_events(rows);
}

struct Result {
  EventBatch events;
  std::vector<FilterCounts> counts;
};

Result run(Filters filters, const EventBatch& from, int threads) {
  Pipeline pipeline(std::move(filters));
  while (pipeline.learning()) {
    pipeline.learn(from);
    pipeline.learned();
  }
  Result result = {EventBatch(Batch(kNumberedEventFields, 0)), {}};
  pipeline.append(from, result.events, threads);
  pipeline.finish(result.events);
  for (const auto& filter : pipeline.filters()) result.counts.push_back(filter->counts());
  return result;
}

bool are_equal(const EventBatch& a, const EventBatch& b) {
  const auto same = [&](const auto* one, const auto* other) {
    return std::equal(one, one + a.size(), other);
  };
  return a.size() == b.size() && same(a.x(), b.x()) && same(a.y(), b.y()) && same(a.t(), b.t()) &&
         same(a.polarity(), b.polarity()) && same(a.column<int64_t>(kRow), b.column<int64_t>(kRow));
}

void check_threads(const EventBatch& from, const std::function<void(Filters&)>& fill) {
  const auto make = [&] {
    Filters filters;
    fill(filters);
    return filters;
  };
  const Result want = run(make(), from, 1);
  INFO(std::string(make().back()->name()));
  CHECK(want.events.size() > 0);
  for (const int threads : {2, 3, 16}) {
    INFO(threads);
    const Result result = run(make(), from, threads);
    CHECK(are_equal(result.events, want.events));
    for (size_t i = 0; i < want.counts.size(); ++i) {
      CHECK(result.counts[i].in == want.counts[i].in);
      CHECK(result.counts[i].out == want.counts[i].out);
      CHECK(result.counts[i].outside == want.counts[i].outside);
    }
  }
}

void check_filter(const EventBatch& from, const std::function<std::unique_ptr<Filter>()>& make) {
  check_threads(from, [&](Filters& filters) { filters.push_back(make()); });
}

TEST_CASE("threads: filters that remember pixels decide the same") {
  const EventBatch from = many_events();
  check_filter(from, [] { return make_refractory(kSensor, {.period = 900}); });
  check_filter(from, [] { return make_background_activity(kSensor, {.window = 60}); });
  check_filter(from,
               [] { return make_correlation(kSensor, {.window = 300, .radius = 2, .least = 2}); });
  check_filter(from, [] {
    return make_correlation(kSensor, {.window = 50, .radius = 1, .least = 1, .subsample = 2});
  });
  check_filter(from, [] { return make_time_surface_filter(kSensor, {.tau = 300}); });
  check_filter(from, [] { return make_fast_decay(kSensor, {.half_life = 200}); });
  check_filter(from, [] { return make_contrast(kSensor, {.window = 800}); });
  check_filter(from, [] { return make_trail(kSensor, {.window = 800}); });
  check_filter(from, [] { return make_interval(kSensor, {.least = 400, .most = 3000}); });
  check_filter(from, [] { return make_decimate_pixels(kSensor, {.n = 3}); });
  check_filter(from, [] { return make_k_noise(kSensor, {.window = 30}); });
}

TEST_CASE("threads: filters that remember nothing do the same") {
  const EventBatch from = many_events();
  check_filter(from, [] { return make_box_filter({.x_begin = 3, .x_end = 9}); });
  check_filter(from, [] { return make_hot_pixels(kSensor, {.threshold = 1}); });
  check_filter(from, [] { return make_mask(kSensor, std::vector<uint8_t>(40 * 29, 1)); });
  check_filter(from, [] { return make_drop_time({.share = 0.2, .begin = 0.3}); });
  check_filter(from, [] { return make_crop({.x0 = 3, .y0 = 1, .x1 = 20, .y1 = 9}); });
  check_filter(from, [] { return make_turn(kSensor, Turn::kRotate90); });
  check_filter(from, [] { return make_flip_polarity(); });
  check_filter(from, [] { return make_downsample({.block = 2, .step = 100}); });
  check_filter(from, [] { return make_drop_events({.share = 0.5, .seed = 3}); });
}

TEST_CASE("threads: pipelines of several filters do the same") {
  const EventBatch from = many_events();
  check_threads(from, [](Filters& filters) {
    filters.push_back(make_box_filter({.x_begin = 3, .y_end = 20}));
    filters.push_back(make_hot_pixels(kSensor, {.threshold = 2}));
    filters.push_back(make_background_activity(kSensor, {.window = 60}));
    filters.push_back(make_refractory(kSensor, {.period = 300}));
  });
  check_threads(from, [](Filters& filters) {
    filters.push_back(make_refractory(kSensor, {.period = 300}));
    filters.push_back(make_turn(kSensor, Turn::kFlipX));
    filters.push_back(make_box_filter({.x_end = 30}));
    filters.push_back(make_flip_polarity());
  });
  check_threads(from, [](Filters& filters) {
    filters.push_back(make_turn(kSensor, Turn::kFlipY));
    filters.push_back(make_refractory(kSensor, {.period = 300}));
  });
}

TEST_CASE("threads: an event that is refused has the same number") {
  const EventBatch from = many_events();
  Sensor strict = kSensor;
  strict.outside = Outside::kRaise;
  const auto message = [&](int threads) {
    Filters filters;
    filters.push_back(make_box_filter({.y_begin = 6}));
    filters.push_back(make_refractory(strict, {.period = 300}));
    try {
      run(std::move(filters), from, threads);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message(1).starts_with("event "));
  CHECK(message(2) == message(1));
}

TEST_CASE("bands: they cover the sensor, and share its events out") {
  std::vector<int16_t> y(1000, 5);
  for (const int32_t grain : {1, 4, 100}) {
    for (const size_t count : {size_t{1}, size_t{2}, size_t{7}}) {
      const std::vector<Band> bands = make_bands(y.data(), y.size(), 29, grain, count);
      REQUIRE(!bands.empty());
      CHECK(bands.size() <= count);
      int32_t begin = 0;
      for (const Band& band : bands) {
        CHECK(band.begin == begin);
        CHECK(band.begin % grain == 0);
        CHECK(band.end > band.begin);
        begin = band.end;
      }
      CHECK(begin == 29);
    }
  }
  for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<int16_t>(i % 20);
  CHECK(make_bands(y.data(), y.size(), 20, 1, 2)[0].end == 10);
  CHECK(make_bands(y.data(), 0, 20, 1, 2)[0].end == 10);
}

}  // namespace
}  // namespace evarrow
