// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <tuple>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kOnePixel = {.width = 1, .height = 1};

std::vector<int64_t> kept_of(const std::vector<int64_t>& times, const RefractoryOptions& options) {
  return times_of(through(make_refractory(kOnePixel, options), at_times(times)));
}

// The definition, event by event.
Rows by_definition(const Rows& rows, const RefractoryOptions& options) {
  std::map<std::tuple<int16_t, int16_t, bool>, int64_t> before;
  Rows kept;
  for (const Row& row : rows) {
    const std::tuple key(row.x, row.y, options.per_polarity && row.polarity > 0);
    const auto found = before.find(key);
    const bool first = found == before.end() && !options.primed;
    const int64_t last = found == before.end() ? -options.period : found->second;
    const bool keep =
        first || (options.strict ? row.t - last > options.period : row.t - last >= options.period);
    if (keep) kept.push_back(row);
    if (keep || options.since == Since::kSeen) before[key] = row.t;
  }
  return kept;
}

using Times = std::vector<int64_t>;

TEST_CASE("refractory: the time is counted from the last event that was kept") {
  CHECK(kept_of({0, 1000, 2001, 2500, 3400}, {.period = 1000}) == Times{0, 1000, 2001, 3400});
  CHECK(kept_of({5, 5, 6}, {.period = 0}) == Times{5, 5, 6});
  CHECK(kept_of({5, 5, 6}, {.period = 1}) == Times{5, 6});
}

TEST_CASE("refractory: evlib counts from the last event there was, and more than the period") {
  const RefractoryOptions evlib = {.period = 1000, .since = Since::kSeen, .strict = true};
  CHECK(kept_of({0, 1000, 2001, 2500, 3400}, evlib) == Times{0, 2001});
}

TEST_CASE("refractory: tonic drops a first event that comes too soon after the time 0") {
  const RefractoryOptions tonic = {
      .period = 10, .since = Since::kSeen, .strict = true, .primed = true};
  CHECK(kept_of({0, 10, 21, 26, 33}, tonic) == Times{21});
  CHECK(kept_of({5, 15, 26, 31, 38}, tonic) == Times{5, 26});
}

TEST_CASE("refractory: polarities may rest by themselves") {
  const Rows rows = {{0, 0, 0, 1}, {0, 0, 5, -1}, {0, 0, 9, 1}, {0, 0, 15, 0}, {0, 0, 15, 1}};
  const RefractoryOptions options = {.period = 10, .per_polarity = true};
  CHECK(through(make_refractory(kOnePixel, options), rows) ==
        Rows{rows[0], rows[1], rows[3], rows[4]});
}

TEST_CASE("refractory: it is what its definition says, however the events are cut") {
  const Rows rows = random_rows(20'000, 16, 12, 3);
  const Sensor sensor = {.width = 16, .height = 12};
  for (const Since since : {Since::kKept, Since::kSeen}) {
    for (const int flags : {0, 1, 2, 3, 4, 5, 6, 7}) {
      const RefractoryOptions options = {.period = 400,
                                         .since = since,
                                         .strict = (flags & 1) != 0,
                                         .per_polarity = (flags & 2) != 0,
                                         .primed = (flags & 4) != 0};
      const Rows want = by_definition(rows, options);
      REQUIRE(want.size() > 100);
      for (const size_t cut : {size_t{20'000}, size_t{4097}, size_t{777}}) {
        CHECK((through(make_refractory(sensor, options), rows, cut) == want));
      }
    }
  }
}

TEST_CASE("refractory: times far apart and in no order are compared all the same") {
  constexpr int64_t kFar = int64_t{1} << 62;
  CHECK(kept_of({-kFar, kFar, kFar - 1, -kFar + 5, kFar}, {.period = 10}) == Times{-kFar, kFar});
  CHECK(kept_of({INT64_MIN + 1, INT64_MIN + 2, INT64_MAX}, {.period = 1000}) ==
        Times{INT64_MIN + 1, INT64_MAX});
}

TEST_CASE("refractory: a period that is none is refused") {
  CHECK_THROWS_AS(make_refractory(kOnePixel, {.period = -1}), Error);
  CHECK_THROWS_AS(make_refractory(kOnePixel, {.period = INT64_MAX}), Error);
  CHECK_THROWS_AS(make_refractory({.width = 0, .height = 5}, {.period = 1}), Error);
  CHECK_THROWS_AS(make_refractory({.width = 5, .height = 32'769}, {.period = 1}), Error);
}

}  // namespace
}  // namespace evarrow
