// SPDX-License-Identifier: Apache-2.0
// The filters that lower the number of events, and those that change or make them.
#include <doctest/doctest.h>

#include <map>
#include <tuple>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 16, .height = 12};
using Times = std::vector<int64_t>;

TEST_CASE("rate limit: a bucket of allowances is filled by time and emptied by events") {
  const Rows rows = at_times({0, 0, 0, 500, 1000, 1200, 3000, 3000, 3000});
  const auto kept = [&](int64_t rate, int64_t burst) {
    return times_of(through(make_rate_limit({.rate = rate, .burst = burst}), rows, 2));
  };
  CHECK(kept(1000, 2) == Times{0, 0, 1000, 3000, 3000});
  CHECK(kept(1000, 1) == Times{0, 1000, 3000});
  CHECK(kept(int64_t{1} << 40, 3).size() == 9);
  CHECK(kept(1, 1) == Times{0});
  // 64 bits of time do not overflow the bucket, and a clock that steps back adds nothing.
  constexpr int64_t kFar = int64_t{1} << 62;
  CHECK(times_of(through(make_rate_limit({.rate = int64_t{1} << 40, .burst = 1}),
                         at_times({-kFar, kFar, -kFar, -kFar}))) == Times{-kFar, kFar});
  CHECK_THROWS_AS(make_rate_limit({.rate = 0}), Error);
}

TEST_CASE("decimate: one of n events is kept") {
  const Rows rows = at_times({1, 2, 3, 4, 5, 6, 7});
  CHECK(times_of(through(make_decimate({.n = 3}), rows, 2)) == Times{3, 6});
  CHECK(times_of(through(make_decimate({.n = 3, .keep_first = true}), rows, 2)) == Times{1, 4, 7});
  const Rows two = {{1, 1, 1, 1}, {2, 1, 2, 1}, {1, 1, 3, 1}, {2, 1, 4, 1}, {1, 1, 5, 1}};
  CHECK(times_of(through(make_decimate_pixels(kSensor, {.n = 2}), two)) == Times{3, 4});
  CHECK_THROWS_AS(make_decimate({.n = 0}), Error);
}

TEST_CASE("polarity: it is turned, or the same for all") {
  const Rows rows = {{1, 1, 1, 1}, {2, 1, 2, -1}, {2, 1, 2, 0}};
  const Rows flipped = through(make_flip_polarity(), rows);
  CHECK(flipped[0].polarity == -1);
  CHECK(flipped[1].polarity == 1);
  CHECK(flipped[2].polarity == 1);
  for (const Row& row : through(make_merge_polarities(), rows)) CHECK(row.polarity == 1);
}

TEST_CASE("downsample: pixels and times are rounded down, below 0 too") {
  const Rows rows = {{3, 5, 1999, 1}, {-1, -4, -1, 1}, {15, 11, -1000, 1}};
  const DownsampleOptions options = {.block = 4, .step = 1000};
  CHECK(through(make_downsample(options), rows) ==
        Rows{{0, 1, 1000, 1}, {-1, -1, -1000, 1}, {3, 2, -1000, 1}});
  const Resolution after = make_downsample(options)->resolution_after({17, 12});
  CHECK(after.width == 5);
  CHECK(after.height == 3);
  CHECK(through(make_downsample({.step = 1000}), at_times({INT64_MIN + 1}))[0].t == INT64_MIN);
}

// The definitions, step by step.
Rows by_definition(const Rows& rows, const AccumulateOptions& options, bool differences) {
  const auto floor = [&](int64_t t) {
    return t - ((t % options.step) + options.step) % options.step;
  };
  std::map<int64_t, std::map<std::pair<int, int>, std::pair<int, int>>> steps;  // OFF and ON
  for (const Row& row : rows) {
    auto& counts = steps[floor(row.t)][{row.y / options.block, row.x / options.block}];
    ++(row.polarity > 0 ? counts.second : counts.first);
  }
  std::map<std::pair<int, int>, int> levels;
  Rows made;
  for (const auto& [begin, blocks] : steps) {
    const int64_t end = begin + options.step;
    for (const auto& [place, counts] : blocks) {
      const auto fire = [&, at = place](int8_t polarity) {
        made.push_back(
            {static_cast<int16_t>(at.second), static_cast<int16_t>(at.first), end, polarity});
      };
      if (differences) {
        std::pair<int, int> before;
        const auto last = steps.find(begin - options.step);
        if (last != steps.end() && last->second.contains(place)) before = last->second.at(place);
        if (counts.first - before.first >= options.threshold) fire(-1);
        if (counts.second - before.second >= options.threshold) fire(1);
      } else {
        int& level = levels[place];
        level += counts.second - counts.first;
        if (std::abs(level) < options.threshold) continue;
        fire(level > 0 ? int8_t{1} : int8_t{-1});
        level = 0;
      }
    }
  }
  return made;
}

TEST_CASE("downsample: every coordinate is divided exactly, whatever the block") {
  Rows rows;
  for (int v = INT16_MIN; v <= INT16_MAX; ++v) {
    rows.push_back({.x = static_cast<int16_t>(v), .y = static_cast<int16_t>(-1 - v)});
  }
  const auto divided = [](int v, int block) { return (v - (v < 0 ? block - 1 : 0)) / block; };
  for (const int block : {2, 3, 7, 10, 255, 1000, 32'767, 32'768}) {
    const Rows out = through(make_downsample({.block = block}), rows);
    const auto is_divided = [&](const Row& row, const Row& from) {
      return row.x == divided(from.x, block) && row.y == divided(from.y, block);
    };
    CHECK(std::equal(out.begin(), out.end(), rows.begin(), rows.end(), is_divided));
  }
}

TEST_CASE("integrate and differentiate: they are what their definitions say") {
  const Rows rows = random_rows(20'000, 16, 12, 3);
  for (const int64_t step : {int64_t{50}, int64_t{400}}) {
    const AccumulateOptions options = {.block = 3, .step = step, .threshold = 2};
    for (const bool differences : {false, true}) {
      const Rows want = by_definition(rows, options, differences);
      REQUIRE(want.size() > 100);
      for (const size_t cut : {size_t{20'000}, size_t{777}}) {
        auto filter =
            differences ? make_differentiate(kSensor, options) : make_integrate(kSensor, options);
        CHECK((through(std::move(filter), rows, cut) == want));
      }
    }
  }
}

TEST_CASE("integrate: an event that is late counts for the step at hand, one outside for none") {
  const AccumulateOptions options = {.block = 2, .step = 100, .threshold = 2};
  const Rows rows = {{0, 0, 150, 1}, {1, 1, 20, 1}, {16, 0, 150, 1}, {5, 5, 300, 1}};
  CHECK(through(make_integrate(kSensor, options), rows) == Rows{{0, 0, 200, 1}});
  CHECK(make_integrate(kSensor, options)->resolution_after({16, 12}).width == 8);
  CHECK_THROWS_AS(make_integrate(kSensor, {.threshold = 0}), Error);
  CHECK_THROWS_AS(make_integrate({.width = 0, .height = 1}, {}), Error);
}

}  // namespace
}  // namespace evarrow
