// SPDX-License-Identifier: Apache-2.0
// The filters of the times of one pixel, and those of masks and counts.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 16, .height = 12};
using Times = std::vector<int64_t>;

Rows burst_rows() {
  return {{0, 0, 1000, 1},  {0, 0, 1500, 1},   {0, 0, 1900, 1},  {0, 0, 2500, -1},
          {0, 0, 2600, -1}, {0, 0, 20000, -1}, {0, 0, 20100, 1}, {0, 0, 20200, 1}};
}

TEST_CASE("contrast: the second event of a burst is kept, and with its trail those behind") {
  const auto kept = [](bool cut) {
    return times_of(
        through(make_contrast(kSensor, {.window = 1000, .cut_trail = cut}), burst_rows()));
  };
  CHECK(kept(true) == Times{1500, 2600, 20200});
  CHECK(kept(false) == Times{1500, 1900, 2600, 20200});
}

TEST_CASE("trail: the first event of a burst is kept") {
  CHECK(times_of(through(make_trail(kSensor, {.window = 1000}), burst_rows())) ==
        Times{1000, 2500, 20000, 20100});
}

TEST_CASE("bursts: pixels do not mind each other, and cuts do not matter") {
  const Rows rows = random_rows(20'000, 16, 12, 3);
  std::map<std::pair<int, int>, Rows> pixels;
  for (const Row& row : rows) pixels[{row.x, row.y}].push_back(row);
  const auto check = [&](auto make) {
    const Rows whole = through(make(), rows);
    CHECK((through(make(), rows, 777) == whole));
    size_t kept = 0;
    for (const auto& [pixel, own] : pixels) kept += through(make(), own).size();
    CHECK(kept == whole.size());
    CHECK(kept > 500);
  };
  check([] { return make_contrast(kSensor, {.window = 300}); });
  check([] { return make_contrast(kSensor, {.window = 300, .cut_trail = false}); });
  check([] { return make_trail(kSensor, {.window = 500}); });
  check([] { return make_interval(kSensor, {.least = 100, .most = 400}); });
  check([] { return make_decimate_pixels(kSensor, {.n = 3}); });
  check([] {
    return make_anti_flicker(kSensor, {.shortest = 1,
                                       .longest = 5000,
                                       .tolerance = 2000,
                                       .start = 2,
                                       .stop = 1,
                                       .keep_flicker = true});
  });
}

TEST_CASE("interval: the time since the event before decides, kept or not") {
  const Rows rows = at_times({0, 999, 1999, 3999, 6000});
  const auto kept = [&](const IntervalOptions& options) {
    return times_of(through(make_interval(kSensor, options), rows));
  };
  CHECK(kept({.least = 1000, .keep_first = true}) == Times{0, 1999, 3999, 6000});
  CHECK(kept({.least = INT64_MIN, .most = 1000}) == Times{999, 1999});
  CHECK(kept({.least = 1000, .most = 2000}) == Times{1999, 3999});
  CHECK(kept({.least = 1000, .most = 2000, .inside = false, .keep_first = true}) ==
        Times{0, 999, 6000});
  CHECK_THROWS_AS(make_interval(kSensor, {.least = 5, .most = 4}), Error);
}

TEST_CASE("anti flicker: a lamp is dropped once its periods have matched, and silence ends it") {
  Rows rows;
  for (int64_t i = 0; i < 40; ++i) {
    rows.push_back({3, 3, 5000 * i, i % 2 == 0 ? int8_t{-1} : int8_t{1}});
  }
  // Rises are at 5 ms, 15 ms, ...; the sixth period ends at 65 ms.
  Rows kept = through(make_anti_flicker(kSensor, {}), rows);
  REQUIRE(!kept.empty());
  CHECK(kept.back().t == 60'000);
  CHECK(kept.size() == 13);
  CHECK(through(make_anti_flicker(kSensor, {.keep_flicker = true}), rows).size() == 27);
  const int64_t later = rows.back().t + 20'001;
  rows.push_back({3, 3, later, -1});
  rows.push_back({3, 3, later + 5000, 1});
  kept = through(make_anti_flicker(kSensor, {}), rows, 7);
  CHECK(kept.size() == 15);
  Rows slow;
  for (int64_t i = 0; i < 40; ++i)
    slow.push_back({3, 3, 10'001 * i, i % 2 == 0 ? int8_t{-1} : int8_t{1}});
  CHECK(through(make_anti_flicker(kSensor, {}), slow).size() == 40);
  CHECK_THROWS_AS(make_anti_flicker(kSensor, {.start = 3, .stop = 4}), Error);
  CHECK_THROWS_AS(make_anti_flicker(kSensor, {.shortest = 30'000}), Error);
}

TEST_CASE("anti flicker: a period that differs too much is none of a lamp") {
  Rows rows;
  int64_t t = 0;
  for (int64_t i = 0; i < 60; ++i) {
    rows.push_back({3, 3, t, -1});
    rows.push_back({3, 3, t + 1000, 1});
    t += i % 2 == 0 ? 5000 : 8000;
  }
  CHECK(through(make_anti_flicker(kSensor, {}), rows).size() == rows.size());
  CHECK(through(make_anti_flicker(kSensor, {.tolerance = 3000}), rows).size() < 20);
}

TEST_CASE("mask: events of pixels that are 0 are dropped") {
  std::vector<uint8_t> mask(16 * 12, 1);
  mask[16 * 5 + 3] = 0;
  const Rows rows = {{3, 5, 1, 1}, {5, 3, 2, 1}, {15, 11, 3, 1}};
  CHECK(through(make_mask(kSensor, mask), rows) == Rows{rows[1], rows[2]});
  CHECK_THROWS_AS(make_mask(kSensor, std::vector<uint8_t>(5)), Error);
}

// Pixel (i, 0) has counts[i] events, one every us.
Rows counted(const std::vector<int>& counts) {
  Rows rows;
  for (size_t x = 0; x < counts.size(); ++x) {
    for (int i = 0; i < counts[x]; ++i) {
      rows.push_back({static_cast<int16_t>(x), 0, static_cast<int64_t>(rows.size()), 1});
    }
  }
  return rows;
}

std::vector<int> counts_after(const std::vector<int>& counts, const HotPixelOptions& options) {
  std::vector<int> left(counts.size());
  for (const Row& row : through(make_hot_pixels(kSensor, options), counted(counts), 50)) {
    ++left[static_cast<size_t>(row.x)];
  }
  return left;
}

TEST_CASE("hot pixels: each method has its limit") {
  using Method = HotPixelMethod;
  using Counts = std::vector<int>;
  // Median 10, distances 0 0 2 2 90: MAD 2.
  const Counts some = {8, 10, 10, 12, 100, 0};
  CHECK(counts_after(some, {Method::kRobust, 1}) == Counts{8, 10, 10, 12, 0, 0});
  CHECK(counts_after(some, {Method::kRobust, 0.9}) == Counts{8, 10, 10, 0, 0, 0});
  CHECK(counts_after(some, {Method::kRobust, 45}) == some);
  // Mean 28, deviation 36.03.
  CHECK(counts_after(some, {Method::kDeviation, 1.9}) == Counts{8, 10, 10, 12, 0, 0});
  CHECK(counts_after(some, {Method::kDeviation, 2.0}) == some);
  CHECK(counts_after(some, {Method::kQuantile, 0.75}) == Counts{8, 10, 10, 12, 0, 0});
  CHECK(counts_after(some, {Method::kQuantile, 1}) == some);
  // 140 events in 139 us: 12 events are 86,330 Hz.
  CHECK(counts_after(some, {Method::kRate, 12 / 139e-6}) == Counts{8, 10, 10, 12, 0, 0});
  CHECK(counts_after(some, {Method::kRate, 11 / 139e-6}) == Counts{8, 10, 10, 0, 0, 0});
  CHECK(counts_after(some, {Method::kNeighbours, 8}) == Counts{8, 10, 10, 12, 0, 0});
  CHECK(counts_after(some, {Method::kNeighbours, 9}) == some);
  CHECK(counts_after({0, 0, 5}, {Method::kNeighbours, 4}) == Counts{0, 0, 0});
  CHECK(counts_after({}, {}).empty());
}

TEST_CASE("hot pixels: a threshold that makes no sense is refused") {
  CHECK_THROWS_AS(make_hot_pixels(kSensor, {HotPixelMethod::kQuantile, 1.5}), Error);
  CHECK_THROWS_AS(make_hot_pixels(kSensor, {HotPixelMethod::kRobust, -1}), Error);
  CHECK_THROWS_AS(make_hot_pixels(kSensor, {HotPixelMethod::kRate, std::nan("")}), Error);
}

}  // namespace
}  // namespace evarrow
