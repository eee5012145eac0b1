// SPDX-License-Identifier: Apache-2.0
#include "evarrow/augment.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "evarrow/error.h"
#include "filters/events.h"
#include "filters/philox.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 40, .height = 30};

using Make = std::function<std::unique_ptr<Filter>(uint64_t seed)>;

// Filters that use chance, by name.
std::vector<std::pair<const char*, Make>> all() {
  return {
      {"spatial_jitter",
       [](uint64_t seed) {
         return make_spatial_jitter(kSensor, {.a = 2, .b = 0.5, .c = 1, .seed = seed});
       }},
      {"time_jitter",
       [](uint64_t seed) { return make_time_jitter({.deviation = 50, .seed = seed}); }},
      {"drop_events", [](uint64_t seed) { return make_drop_events({.share = 0.3, .seed = seed}); }},
      {"drop_events exactly",
       [](uint64_t seed) { return make_drop_events({.share = 0.3, .exact = true, .seed = seed}); }},
      {"drop_pixels", [](uint64_t seed) { return make_drop_pixels(kSensor, 0.3, seed); }},
      {"noise by rate",
       [](uint64_t seed) {
         return make_noise_rate(kSensor, {.rate = 50, .on_share = 0.5, .seed = seed});
       }},
      {"noise by count",
       [](uint64_t seed) {
         return make_noise_count(kSensor, {.count = 3000, .on_share = 0.5, .seed = seed});
       }},
  };
}

TEST_CASE("philox: the known answers of its authors") {
  using Block = Philox::Block;
  CHECK(Philox::rounds({0, 0, 0, 0}, {0, 0}) ==
        Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(
      Philox::rounds({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
      Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(
      Philox::rounds({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
      Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("augmentations: the same however the events are cut, and another with another seed") {
  const Rows rows = random_rows(20'000, 42, 31, 7);
  for (const auto& [name, make] : all()) {
    CAPTURE(name);
    const Rows whole = through(make(5), rows);
    CHECK(through(make(5), rows, 1000) == whole);
    CHECK(through(make(5), rows, 37) == whole);
    CHECK_FALSE(through(make(6), rows) == whole);
  }
}

TEST_CASE("augmentations: nothing comes of nothing") {
  for (const auto& [name, make] : all()) {
    CAPTURE(name);
    CHECK(through(make(5), {}).empty());
  }
}

TEST_CASE("spatial jitter: deviation and correlation are those asked for") {
  const Sensor large = {.width = 1000, .height = 1000};
  const Rows rows(50'000, Row{.x = 500, .y = 500});
  const Rows out = through(make_spatial_jitter(large, {.a = 10, .b = 3, .c = 4, .seed = 1}), rows);
  REQUIRE(out.size() == rows.size());
  double xx = 0, yy = 0, xy = 0;
  for (const Row& row : out) {
    const double x = row.x - 500, y = row.y - 500;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const auto n = static_cast<double>(out.size());
  CHECK(xx / n == doctest::Approx(100).epsilon(0.02));
  CHECK(yy / n == doctest::Approx(25).epsilon(0.02));
  CHECK(xy / n == doctest::Approx(30).epsilon(0.03));
}

TEST_CASE("spatial jitter: what leaves the sensor is left out, or stays at its edge") {
  const Rows rows(1000, Row{.x = 0, .y = 29});
  SpatialJitterOptions options = {.a = 5, .b = 0, .c = 5, .seed = 1};
  const Rows left = through(make_spatial_jitter(kSensor, options), rows);
  CHECK(left.size() > 200);
  CHECK(left.size() < 350);
  options.clip = true;
  const Rows all = through(make_spatial_jitter(kSensor, options), rows);
  CHECK(all.size() == 1000);
  CHECK(std::ranges::all_of(all, [](const Row& row) { return row.x >= 0 && row.y < 30; }));
}

TEST_CASE("time jitter: each event is moved by its own draw, and all come out in order") {
  Rows rows = random_rows(5000, 4, 4, 20);
  for (Row& row : rows) row.t += 100'000;
  const std::vector<double> draws = time_draws(9, 0, rows.size());
  Rows moved = rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    moved[i].t += static_cast<int64_t>(std::nearbyint(300 * draws[i]));
  }
  CHECK(through(make_time_jitter({.deviation = 300, .sort = false, .seed = 9}), rows) == moved);
  std::ranges::stable_sort(moved, {}, &Row::t);
  CHECK(through(make_time_jitter({.deviation = 300, .seed = 9}), rows, 100) == moved);
}

TEST_CASE("time jitter: negative times may be left out, and disorder is refused") {
  const Rows rows = at_times(std::vector<int64_t>(1000, 0));
  const Rows out = through(make_time_jitter({.deviation = 10, .drop_negative = true}), rows);
  CHECK(out.size() > 400);
  CHECK(out.size() < 620);
  CHECK(out.front().t >= 0);
  CHECK_THROWS_AS(through(make_time_jitter({.deviation = 10}), at_times({5, 4})), Error);
  CHECK(through(make_time_jitter({.deviation = 0, .sort = false}), at_times({5, 4})).size() == 2);
  const Rows huge = at_times({INT64_MIN, -5, INT64_MAX});
  CHECK(through(make_time_jitter({.deviation = 1e9}), huge).size() == 3);
}

TEST_CASE("drop events: exactly so many, or about so many") {
  const Rows rows = random_rows(1000, 4, 4, 20);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto exact = make_drop_events({.share = 0.2, .exact = true, .seed = seed});
    CHECK(through(make_drop_events({.share = 0.2, .exact = true, .seed = seed}), rows).size() ==
          800);
    const size_t n = through(make_drop_events({.share = 0.2, .seed = seed}), rows).size();
    CHECK(n > 740);
    CHECK(n < 860);
  }
  CHECK(through(make_drop_events({.share = 1, .exact = true}), rows).empty());
  CHECK(through(make_drop_events({.share = 1}), rows).empty());
  CHECK(through(make_drop_events({.share = 0, .exact = true}), rows) == rows);
  CHECK(through(make_drop_events({.share = 0}), rows) == rows);
  // Half of 3 is rounded up.
  CHECK(through(make_drop_events({.share = 0.5, .exact = true}), at_times({1, 2, 3})).size() == 1);
  CHECK_THROWS_AS(make_drop_events({.share = 1.5}), Error);
  CHECK_THROWS_AS(make_drop_events({.share = std::nan("")}), Error);
}

TEST_CASE("drop events: each event is as likely to be left out as any other") {
  const Rows rows = at_times({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  std::vector<int> kept(10);
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    for (const Row& row :
         through(make_drop_events({.share = 0.3, .exact = true, .seed = seed}), rows)) {
      ++kept[static_cast<size_t>(row.t)];
    }
  }
  for (const int n : kept) CHECK(std::abs(n - 2800) < 150);
}

TEST_CASE("drop pixels: a pixel keeps all of its events or none") {
  const Rows rows = random_rows(50'000, 40, 30, 3);
  const Rows out = through(make_drop_pixels(kSensor, 0.4, 3), rows);
  std::set<std::pair<int, int>> left;
  for (const Row& row : out) left.insert({row.x, row.y});
  const auto n =
      std::ranges::count_if(rows, [&](const Row& row) { return left.contains({row.x, row.y}); });
  CHECK(static_cast<size_t>(n) == out.size());
  CHECK(left.size() > 660);
  CHECK(left.size() < 780);
}

TEST_CASE("drop area and time: what lies in them is left out") {
  const Rows rows = {{0, 0, 0, 1}, {5, 5, 10, 1}, {9, 5, 20, 1}, {10, 5, 30, 1}, {5, 10, 40, 1}};
  CHECK(times_of(through(make_drop_area({5, 5, 10, 10}), rows)) == std::vector<int64_t>{0, 30, 40});
  CHECK(times_of(through(make_drop_time({.share = 0.5, .begin = 0.5}), rows)) ==
        std::vector<int64_t>{0, 40});
  const Rows late = at_times({60, 80, 100});
  CHECK(times_of(through(make_drop_time({.share = 0.5, .begin = 1}), late)) ==
        std::vector<int64_t>{60});
  CHECK(times_of(through(make_drop_time({.share = 0.5, .begin = 1, .from_zero = true}), late)) ==
        std::vector<int64_t>{});
  CHECK(through(make_drop_time({.share = 0.5, .begin = 1}), {}).empty());
}

TEST_CASE("noise: as much as asked for, in order, between the first event and the last") {
  Rows rows = at_times({1000, 500'000, 1'001'000});
  const Rows some =
      through(make_noise_rate(kSensor, {.rate = 10, .on_share = 0.25, .seed = 1}), rows);
  const double n = static_cast<double>(some.size() - 3);
  CHECK(std::abs(n - 12'000) < 5 * std::sqrt(12'000));
  const auto on = std::ranges::count(some, int8_t{1}, &Row::polarity) - 3;
  CHECK(static_cast<double>(on) / n == doctest::Approx(0.25).epsilon(0.1));
  CHECK(std::ranges::is_sorted(some, {}, &Row::t));
  CHECK(some.front() == rows.front());
  CHECK(some.back() == rows.back());
  const Rows exact = through(make_noise_count(kSensor, {.count = 777, .seed = 1}), rows);
  CHECK(exact.size() == 780);
  CHECK(std::ranges::is_sorted(exact, {}, &Row::t));
  CHECK(std::ranges::all_of(
      exact, [](const Row& row) { return row.x >= 0 && row.x < 40 && row.y >= 0 && row.y < 30; }));
  // Events of one time have no span: noise comes at that time.
  CHECK(through(make_noise_count(kSensor, {.count = 5}), at_times({7, 7})).size() == 7);
}

TEST_CASE("noise: a clock that jumps is refused before memory runs out") {
  const Rows rows = at_times({0, INT64_MAX / 2});
  CHECK_THROWS_AS(through(make_noise_rate(kSensor, {.rate = 10}), rows), Error);
  CHECK_THROWS_AS(through(make_noise_rate(kSensor, {.rate = 1}), at_times({5, 4})), Error);
  CHECK_THROWS_AS(make_noise_rate(kSensor, {.rate = 1e9}), Error);
  CHECK_THROWS_AS(make_noise_rate(kSensor, {.rate = -1}), Error);
  CHECK(through(make_noise_rate(kSensor, {.rate = 0}), rows) == rows);
  const Rows far = at_times({INT64_MIN, INT64_MAX});
  CHECK_THROWS_AS(through(make_noise_rate(kSensor, {.rate = 1e-12}), far), Error);
}

TEST_CASE("mix: both in order of time, however they are cut") {
  const Rows one = random_rows(3000, 10, 10, 9, 1);
  const Rows two = random_rows(2000, 10, 10, 15, 2);
  Rows want = one;
  want.insert(want.end(), two.begin(), two.end());
  std::ranges::stable_sort(want, {}, &Row::t);
  for (const size_t cut : {1, 100, 10'000}) {
    CHECK(through(make_mix(to_events(two), std::nullopt), one, cut) == want);
  }
  CHECK(through(make_mix(to_events(two), std::nullopt), {}) == two);
  CHECK(through(make_mix(to_events({}), std::nullopt), one) == one);
  const Rows shifted = through(make_mix(to_events(at_times({500, 504})), 8), at_times({10, 20}));
  CHECK(times_of(shifted) == std::vector<int64_t>{10, 18, 20, 22});
  CHECK_THROWS_AS(make_mix(to_events(at_times({5, 4})), 0), Error);
}

TEST_CASE("scaled time: halves go to even, or towards zero, and what does not fit is refused") {
  const Rows rows = at_times({-3, 1, 3, 5});
  CHECK(times_of(through(make_time_map({.scale = 0.5, .offset = 10}), rows)) ==
        std::vector<int64_t>{8, 10, 12, 12});
  CHECK(times_of(through(make_time_map({.scale = 0.5, .rounding = Rounding::kTruncate}), rows)) ==
        std::vector<int64_t>{-1, 0, 1, 2});
  CHECK_THROWS_AS(through(make_time_map({.scale = 8}), at_times({INT64_MAX / 4})), Error);
  CHECK_THROWS_AS(through(make_time_map({.offset = 1}), at_times({INT64_MAX})), Error);
  CHECK(through(make_time_map({}), at_times({INT64_MAX})).front().t == INT64_MAX);
  CHECK_THROWS_AS(make_time_map({.scale = -1}), Error);
}

TEST_CASE("held time: it never steps back, and may have to begin at 0") {
  for (const bool from_zero : {false, true}) {
    CHECK(times_of(through(make_held_time(from_zero), at_times({10, 9, 8, 12}))) ==
          std::vector<int64_t>{10, 10, 10, 12});
  }
  CHECK(times_of(through(make_held_time(false), at_times({-5, -7}))) ==
        std::vector<int64_t>{-5, -5});
  CHECK_THROWS_AS(through(make_held_time(true), at_times({-5})), Error);
}

TEST_CASE("reversed time: the last one comes first, and ON becomes OFF") {
  const Rows rows = {{1, 0, 10, 1}, {2, 0, 12, -1}, {3, 0, 25, 1}};
  CHECK(through(make_reverse({}), rows, 1) == Rows{{3, 0, 10, -1}, {2, 0, 23, 1}, {1, 0, 25, -1}});
  CHECK(through(make_reverse({.to_zero = true, .flip_polarity = false}), rows) ==
        Rows{{3, 0, 0, 1}, {2, 0, 13, -1}, {1, 0, 15, 1}});
  const Rows binary = {{1, 0, 10, 1}, {2, 0, 12, 0}};
  CHECK(through(make_reverse({}), binary) == Rows{{2, 0, 10, 1}, {1, 0, 12, -1}});
  CHECK(through(make_reverse({}), {}).empty());
  CHECK(times_of(through(make_reverse({}), at_times({INT64_MIN, 0, INT64_MAX}))) ==
        std::vector<int64_t>{INT64_MIN, -1, INT64_MAX});
}

}  // namespace
}  // namespace evarrow
