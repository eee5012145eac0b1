// SPDX-License-Identifier: Apache-2.0
#include "evarrow/filter.h"

#include <doctest/doctest.h>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/events.h"

namespace evarrow {
namespace {

// Holds back each event until the next one, and makes one more for each at the end.
class Hold final : public Filter {
 public:
  Hold() : Filter("hold", {.creates = true}) {}

 private:
  void run(EventBatch& events) override {
    for (size_t i = 0; i < events.size(); ++i) {
      std::swap(held_, events.t()[i]);
      if (events.schema().size() > kRow) events.column<int64_t>(kRow)[i] = -1;
    }
  }
  void release(EventBatch& rest) override {
    rest.reserve(1);
    rest.resize(1);
    rest.x()[0] = rest.y()[0] = 0;
    rest.t()[0] = held_;
    rest.polarity()[0] = 1;
  }

  int64_t held_ = -1;
};

// Learns the greatest time, and drops what is later than half of it.
class Half final : public Filter {
 public:
  Half() : Filter("half", {.learns = true}) {}

 private:
  void run(EventBatch& events) override { filter_box(events, {.t_end = most_ / 2}); }
  void study(const EventBatch& events) override {
    for (size_t i = 0; i < events.size(); ++i) most_ = std::max(most_, events.t()[i]);
  }

  int64_t most_ = 0;
};

template <typename... Filters>
Pipeline pipeline_of(std::unique_ptr<Filters>... filters) {
  std::vector<std::unique_ptr<Filter>> all;
  (all.push_back(std::move(filters)), ...);
  return Pipeline(std::move(all));
}

TEST_CASE("pipeline: events go through the filters in order, and each is counted") {
  Pipeline pipeline =
      pipeline_of(make_box_filter({.x_end = 8}),
                  make_refractory({.width = 16, .height = 12}, RefractoryOptions{.period = 50}));
  const Rows rows = random_rows(50'000, 16, 12, 2);
  const EventBatch from = to_events(rows);
  EventBatch to;
  pipeline.append(from, to);
  const auto& filters = pipeline.filters();
  CHECK(filters[0]->counts().in == 50'000);
  CHECK(filters[0]->counts().out == filters[1]->counts().in);
  CHECK(filters[1]->counts().out == to.size());
  CHECK((to_rows(from) == rows));
  EventBatch alone = to_events(rows);
  filter_box(alone, {.x_end = 8});
  CHECK((through(make_refractory({.width = 16, .height = 12}, {.period = 50}), to_rows(alone)) ==
         to_rows(to)));
  pipeline.reset();
  CHECK(filters[0]->counts().in == 0);
  EventBatch again;
  pipeline.append(from, again);
  CHECK((to_rows(again) == to_rows(to)));
}

TEST_CASE("pipeline: events keep the number that they went in with") {
  Pipeline pipeline = pipeline_of(make_box_filter({.polarity = int8_t{1}}));
  const Rows rows = random_rows(40'000, 16, 12, 2);
  EventBatch to(Batch(kNumberedEventFields, 0));
  const EventBatch from = to_events(rows);
  pipeline.append(from, to);
  pipeline.append(from, to);
  const auto* row = to.column<int64_t>(kRow);
  CHECK(row[to.size() - 1] >= 40'000);
  for (size_t i = 0; i < to.size(); ++i) {
    CHECK((rows[static_cast<size_t>(row[i]) % rows.size()].t == to.t()[i]));
  }
}

TEST_CASE("pipeline: what is held back comes out at the end, through the filters behind") {
  Pipeline pipeline = pipeline_of(std::make_unique<Hold>(), make_box_filter({.t_begin = 0}));
  EventBatch to(Batch(kNumberedEventFields, 0));
  pipeline.append(to_events(at_times({5, 6, 7})), to);
  CHECK(times_of(to_rows(to)) == std::vector<int64_t>{5, 6});
  pipeline.finish(to);
  CHECK(times_of(to_rows(to)) == std::vector<int64_t>{5, 6, 7});
  CHECK(to.column<int64_t>(kRow)[1] == -1);
  CHECK(pipeline.traits().creates);
}

TEST_CASE("pipeline: filters learn one after the other from what comes out before them") {
  Pipeline pipeline = pipeline_of(std::make_unique<Half>(), std::make_unique<Half>());
  const Rows rows = at_times({0, 10, 20, 30, 40, 50, 60, 70, 80});
  int passes = 0;
  while (pipeline.learning()) {
    pipeline.learn(to_events(rows));
    pipeline.learned();
    ++passes;
  }
  CHECK(passes == 2);
  EventBatch to;
  pipeline.append(to_events(rows), to);
  CHECK(times_of(to_rows(to)) == std::vector<int64_t>{0, 10});
}

TEST_CASE("filter: events outside of the sensor are left out and counted, or refused") {
  Rows rows = random_rows(10'000, 16, 12, 2);
  const Rows inside = rows;
  const Row outside[] = {{16, 0, 0, 1}, {0, 12, 0, 1}, {-1, 5, 0, 1}, {5, INT16_MIN, 0, 1}};
  for (const size_t at : {size_t{0}, size_t{4095}, size_t{4096}, size_t{10'003}}) {
    rows.insert(rows.begin() + static_cast<ptrdiff_t>(at), outside[at % 4]);
  }
  Sensor sensor = {.width = 16, .height = 12};
  Pipeline pipeline = pipeline_of(make_refractory(sensor, {.period = 0}));
  EventBatch to;
  pipeline.append(to_events(rows), to);
  CHECK((to_rows(to) == inside));
  CHECK(pipeline.filters()[0]->counts().outside == 4);
  sensor.outside = Outside::kRaise;
  CHECK_THROWS_WITH_AS(through(make_refractory(sensor, {.period = 0}), Rows{{}, {7, 30, 5, 1}}),
                       doctest::Contains("event 1 lies at (7, 30)"), Error);
}

TEST_CASE("pipeline: one that has no filters gives what it gets, and one of none is refused") {
  Pipeline pipeline = pipeline_of();
  const Rows rows = random_rows(20'000, 4, 4, 1);
  EventBatch to;
  pipeline.append(to_events(rows), to);
  CHECK((to_rows(to) == rows));
  CHECK_THROWS_AS(pipeline_of(std::unique_ptr<Filter>()), Error);
}

}  // namespace
}  // namespace evarrow
