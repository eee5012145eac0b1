// SPDX-License-Identifier: Apache-2.0
#include "filters/box.h"

#include <doctest/doctest.h>

#include <random>
#include <tuple>
#include <vector>

#include "evarrow/filter.h"

namespace evarrow {
namespace {

using Row = std::tuple<int16_t, int16_t, int64_t, int8_t>;

EventBatch random_events(size_t n, uint32_t columns = kAllColumns) {
  EventBatch events(n, columns);
  std::mt19937_64 random(n);
  for (size_t i = 0; i < n; ++i) {
    if (events.has(kX)) events.x()[i] = static_cast<int16_t>(random() % 64);
    if (events.has(kY)) events.y()[i] = static_cast<int16_t>(random() % 48);
    if (events.has(kT)) events.t()[i] = static_cast<int64_t>(i / 3);
    if (events.has(kPolarity)) events.polarity()[i] = random() % 2 == 0 ? int8_t{-1} : int8_t{1};
  }
  events.resize(n);
  return events;
}

std::vector<Row> rows_of(const EventBatch& events) {
  std::vector<Row> rows;
  for (size_t i = 0; i < events.size(); ++i) {
    rows.emplace_back(events.x()[i], events.y()[i], events.t()[i], events.polarity()[i]);
  }
  return rows;
}

std::vector<Row> rows_in(const EventBatch& events, const Predicate& p) {
  std::vector<Row> rows;
  for (const Row& row : rows_of(events)) {
    const auto& [x, y, t, polarity] = row;
    if (x >= p.x_begin && x < p.x_end && y >= p.y_begin && y < p.y_end && t >= p.t_begin &&
        (p.t_end == INT64_MAX || t < p.t_end) && (!p.polarity || polarity == *p.polarity)) {
      rows.push_back(row);
    }
  }
  return rows;
}

const Predicate kPredicates[] = {
    {},
    {.t_begin = 100, .t_end = 20'000},
    {.x_begin = 10, .x_end = 20, .y_begin = 5, .y_end = 40},
    {.polarity = int8_t{1}},
    {.t_begin = 50, .x_end = 32, .polarity = int8_t{-1}},
    {.t_begin = 5, .t_end = 5},
    {.x_begin = 40'000, .x_end = 50'000},
    {.x_begin = -100'000, .x_end = 100'000},
    {.t_begin = 1'000'000},
};

TEST_CASE("box: events are kept in place, in order") {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{5000}, size_t{100'000}}) {
    for (const Predicate& predicate : kPredicates) {
      EventBatch events = random_events(n);
      const std::vector<Row> want = rows_in(events, predicate);
      filter_box(events, predicate);
      CHECK((rows_of(events) == want));
    }
  }
}

TEST_CASE("box: events are appended to another batch, which grows") {
  const EventBatch events = random_events(200'000);
  for (const Predicate& predicate : kPredicates) {
    EventBatch to;
    filter_box(events, predicate, to);
    std::vector<Row> want = rows_in(events, predicate);
    CHECK((rows_of(to) == want));
    filter_box(events, predicate, to, {.in_order = true});
    const std::vector<Row> once = want;
    want.insert(want.end(), once.begin(), once.end());
    CHECK((rows_of(to) == want));
  }
}

TEST_CASE("box: any number of threads keeps the same events, behind those there are") {
  // Not a whole number of pieces, blocks or words.
  const EventBatch events = random_events((size_t{1} << 20) + 4096 + 64 + 5);
  for (const Predicate& predicate : kPredicates) {
    for (const bool in_order : {false, true}) {
      EventBatch want, got;
      for (EventBatch* to : {&want, &got}) {
        const int threads = to == &want ? 1 : 3;
        filter_box(events, {.x_end = 1}, *to, {.threads = threads});
        filter_box(events, predicate, *to, {.in_order = in_order, .threads = threads});
      }
      CHECK((rows_of(got) == rows_of(want)));
    }
  }
}

TEST_CASE("box: events in memory of others are read only") {
  const EventBatch events = random_events(70'000);
  const EventBatch borrowed(Batch::borrow(
      kEventFields, {events.x(), events.y(), events.t(), events.polarity()}, events.size()));
  CHECK(!borrowed.unique());
  EventBatch to;
  filter_box(borrowed, {.x_end = 10}, to);
  CHECK((rows_of(to) == rows_in(events, {.x_end = 10})));
  CHECK(to.unique());
}

TEST_CASE("box: columns that a projection leaves out are left alone") {
  EventBatch events = random_events(5000, 1U << kX | 1U << kT);
  const Predicate predicate{.t_begin = 100, .t_end = 200};
  filter_box(events, predicate);
  CHECK(events.size() == 300);
  CHECK(events.t()[0] == 100);
  CHECK(!events.has(kY));
}

}  // namespace
}  // namespace evarrow
