// SPDX-License-Identifier: Apache-2.0
// The filters that ask what happened around an event, each against its definition.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

constexpr Sensor kSensor = {.width = 16, .height = 12};

// The last event of a pixel, or of a pixel and a polarity, among those before.
std::optional<Row> last_at(const Rows& before, int x, int y, std::optional<bool> on = {}) {
  for (auto row = before.rbegin(); row != before.rend(); ++row) {
    if (row->x == x && row->y == y && (!on || (row->polarity > 0) == *on)) return *row;
  }
  return std::nullopt;
}

// Calls `use` with dx and dy of each pixel of a square.
void around(int radius, const std::function<void(int, int)>& use) {
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) use(dx, dy);
  }
}

// The events for which `keep` says so, given those before.
Rows where(const Rows& rows, const std::function<bool(const Rows&, const Row&)>& keep) {
  Rows before;
  Rows kept;
  for (const Row& row : rows) {
    if (keep(before, row)) kept.push_back(row);
    before.push_back(row);
  }
  return kept;
}

template <typename Make>
void check_cuts(const Rows& rows, const Rows& want, Make make) {
  REQUIRE(want.size() > rows.size() / 20);
  REQUIRE(want.size() < rows.size() - rows.size() / 20);
  for (const size_t cut : {rows.size(), size_t{777}}) {
    CHECK((through(make(), rows, cut) == want));
  }
}

TEST_CASE("correlation: it is what its definition says") {
  const Rows rows = random_rows(3000, 16, 12, 20);
  for (const int flags : {0, 1, 2, 4, 8, 15, 16}) {
    const CorrelationOptions options = {.window = 300,
                                        .radius = (flags & 16) != 0 ? 2 : 1,
                                        .least = 2,
                                        .own = (flags & 1) != 0,
                                        .same_polarity = (flags & 2) != 0,
                                        .inclusive = (flags & 4) != 0,
                                        .keep_first = (flags & 8) == 0};
    const Rows want = where(rows, [&](const Rows& before, const Row& row) {
      int count = 0;
      around(options.radius, [&](int dx, int dy) {
        if (dx == 0 && dy == 0 && !options.own) return;
        const auto last = last_at(before, row.x + dx, row.y + dy);
        if (!last || row.t - last->t >= options.window + (options.inclusive ? 1 : 0)) return;
        if (options.same_polarity && last->polarity != row.polarity) return;
        ++count;
      });
      const bool first = !last_at(before, row.x, row.y);
      return count >= options.least && (options.keep_first || !first);
    });
    check_cuts(rows, want, [&] { return make_correlation(kSensor, options); });
  }
}

TEST_CASE("correlation: pixels are taken together") {
  const CorrelationOptions options = {.window = 100, .subsample = 2};
  const Rows rows = {{0, 0, 10, 1}, {7, 3, 20, 1}, {12, 11, 30, 1}, {15, 5, 40, 1}};
  CHECK(through(make_correlation(kSensor, options), rows) == Rows{rows[1], rows[3]});
}

TEST_CASE("k_noise: it is what its definition says") {
  const Rows rows = random_rows(4000, 16, 12, 20);
  for (const bool own : {true, false}) {
    const KNoiseOptions options = {.window = 200, .own = own};
    const Rows want = where(rows, [&](const Rows& before, const Row& row) {
      bool keep = false;
      for (int d = -1; d <= 1; ++d) {
        for (const bool column : {true, false}) {
          const auto last = std::find_if(before.rbegin(), before.rend(), [&](const Row& one) {
            return column ? one.x == row.x + d : one.y == row.y + d;
          });
          if (last == before.rend()) continue;
          const int dx = std::abs(last->x - row.x);
          const int dy = std::abs(last->y - row.y);
          keep |= dx <= 1 && dy <= 1 && (own || dx + dy > 0) && last->polarity == row.polarity &&
                  row.t - last->t <= options.window;
        }
      }
      return keep;
    });
    check_cuts(rows, want, [&] { return make_k_noise(kSensor, options); });
  }
}

TEST_CASE("k_noise: an event supports others up to the window, and none of the other polarity") {
  const auto kept = [](int64_t t, int8_t polarity) {
    const Rows rows = {{5, 5, 5000, 1}, {6, 5, t, polarity}};
    return through(make_k_noise(kSensor, {.window = 1000}), rows).size();
  };
  CHECK(kept(6000, 1) == 1);
  CHECK(kept(6001, 1) == 0);
  CHECK(kept(6000, -1) == 0);
}

TEST_CASE("time surface: it is what its definition says") {
  const Rows rows = random_rows(3000, 16, 12, 20);
  for (const int flags : {0, 1, 2, 3}) {
    const SurfaceOptions options = {.tau = 300,
                                    .threshold = (flags & 1) != 0 ? 0.8 : 0.12,
                                    .sum = (flags & 1) != 0,
                                    .linear = (flags & 2) != 0};
    const Rows want = where(rows, [&](const Rows& before, const Row& row) {
      double sum = 0;
      int seen = 0;
      around(options.radius, [&](int dx, int dy) {
        const auto last = last_at(before, row.x + dx, row.y + dy, row.polarity > 0);
        if (!last) return;
        ++seen;
        const double age = static_cast<double>(row.t - last->t) / 300;
        sum += options.linear ? std::max(1 - age, 0.0) : std::exp(-age);
      });
      return (options.sum ? sum : seen == 0 ? 0 : sum / seen) >= options.threshold;
    });
    check_cuts(rows, want, [&] { return make_time_surface_filter(kSensor, options); });
  }
}

TEST_CASE("fast decay: the seventh event at one place is kept, and blocks decay by halves") {
  Rows rows;
  for (int16_t i = 0; i < 10; ++i) rows.push_back({static_cast<int16_t>(i % 4), 3, 100 * i, 1});
  CHECK(times_of(through(make_fast_decay(kSensor, {}), rows)) ==
        std::vector<int64_t>{600, 700, 800, 900});
  const FastDecayOptions fast = {.half_life = 100, .threshold = 1.4};
  const Rows few = {{0, 0, 0, 1}, {0, 0, 100, 1}, {0, 0, 300, 1}, {4, 0, 300, 1}, {0, 0, 301, 1}};
  CHECK(through(make_fast_decay(kSensor, fast), few) == Rows{few[1], few[4]});
}

TEST_CASE("neighbours: options that make no sense are refused") {
  CHECK_THROWS_AS(make_correlation(kSensor, {.window = 0}), Error);
  CHECK_THROWS_AS(make_correlation(kSensor, {.radius = 16}), Error);
  CHECK_THROWS_AS(make_correlation(kSensor, {.least = 9}), Error);
  CHECK_THROWS_AS(make_correlation(kSensor, {.subsample = 8}), Error);
  CHECK_THROWS_AS(make_k_noise(kSensor, {.window = -5}), Error);
  CHECK_THROWS_AS(make_time_surface_filter(kSensor, {.tau = 0}), Error);
  CHECK_THROWS_AS(make_time_surface_filter(kSensor, {.threshold = std::nan("")}), Error);
  CHECK_THROWS_AS(make_fast_decay(kSensor, {.block = 0}), Error);
  CHECK_THROWS_AS(make_fast_decay(kSensor, {.threshold = -1}), Error);
}

}  // namespace
}  // namespace evarrow
