// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 16, .height = 12};

// The definition, event by event.
Rows by_definition(const Rows& rows, const BackgroundActivityOptions& options) {
  std::map<std::pair<int, int>, int64_t> last;
  const auto is_recent = [&](int x, int y, int64_t t) {
    const auto found = last.find({x, y});
    if (found == last.end()) {
      const bool there = x >= 0 && y >= 0 && x < kSensor.width && y < kSensor.height;
      return options.primed && there && t < options.window;
    }
    return t - found->second < options.window + (options.inclusive ? 1 : 0);
  };
  Rows kept;
  for (const Row& row : rows) {
    bool keep = false;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        const int distance = std::abs(dx) + std::abs(dy);
        if (distance == 0 || (distance == 2 && options.neighbours == 4)) continue;
        keep |= is_recent(row.x + dx, row.y + dy, row.t);
      }
    }
    last[{row.x, row.y}] = row.t;
    if (keep) kept.push_back(row);
  }
  return kept;
}

Rows kept_of(const Rows& rows, const BackgroundActivityOptions& options) {
  return through(make_background_activity(kSensor, options), rows);
}

TEST_CASE("background activity: a neighbour's event is recent for less than the window") {
  const Row first = {5, 5, 10'000, 1};
  const BackgroundActivityOptions options = {.window = 2000};
  CHECK(kept_of({first, {6, 5, 11'999, 1}}, options).size() == 1);
  CHECK(kept_of({first, {6, 5, 12'000, 1}}, options).empty());
  CHECK(kept_of({first, {5, 5, 10'001, 1}}, options).empty());
  CHECK(kept_of({first, {6, 4, 11'999, -1}}, options).size() == 1);
  CHECK(kept_of({first, {7, 5, 10'001, 1}}, options).empty());
  CHECK(kept_of({{1, 1, 5000, 1}, {0, 0, 5100, 1}}, options).size() == 1);
  CHECK(kept_of({first, {6, 5, 12'000, 1}}, {.window = 2000, .inclusive = true}).size() == 1);
  CHECK(kept_of({first, {6, 4, 11'999, 1}}, {.window = 2000, .neighbours = 4}).empty());
}

TEST_CASE("background activity: dv and tonic keep all events of the first window") {
  CHECK(kept_of({{5, 5, 10, 1}, {9, 9, 1999, 1}, {1, 9, 2000, 1}}, {.primed = true}).size() == 2);
  CHECK(kept_of({{5, 5, 10, 1}}, {}).empty());
}

TEST_CASE("background activity: it is what its definition says, however the events are cut") {
  const Rows rows = random_rows(20'000, 16, 12, 20);
  for (const int flags : {0, 1, 2, 3, 4, 5, 6, 7}) {
    const BackgroundActivityOptions options = {.window = 150,
                                               .neighbours = (flags & 1) != 0 ? 4 : 8,
                                               .inclusive = (flags & 2) != 0,
                                               .primed = (flags & 4) != 0};
    const Rows want = by_definition(rows, options);
    REQUIRE(want.size() > 1000);
    REQUIRE(want.size() < 19'000);
    for (const size_t cut : {size_t{20'000}, size_t{4097}, size_t{777}}) {
      CHECK((through(make_background_activity(kSensor, options), rows, cut) == want));
    }
  }
}

TEST_CASE("background activity: times far apart and in no order are compared all the same") {
  constexpr int64_t kFar = int64_t{1} << 61;
  Rows rows;
  for (const int64_t t : {-kFar, -kFar + 1, kFar, kFar - 5, -kFar, kFar, kFar}) {
    rows.push_back({static_cast<int16_t>(5 + rows.size() % 2), 5, t, 1});
  }
  CHECK((kept_of(rows, {.window = 10}) == by_definition(rows, {.window = 10})));
}

TEST_CASE("background activity: options that make no sense are refused") {
  CHECK_THROWS_AS(make_background_activity(kSensor, {.window = 0}), Error);
  CHECK_THROWS_AS(make_background_activity(kSensor, {.window = INT64_MAX}), Error);
  CHECK_THROWS_AS(make_background_activity(kSensor, {.neighbours = 6}), Error);
}

}  // namespace
}  // namespace evarrow
