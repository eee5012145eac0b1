// SPDX-License-Identifier: Apache-2.0
#include "containers/chunk_decoder.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "codecs/ecf.h"
#include "codecs/filters.h"
#include "containers/plans.h"
#include "evarrow/error.h"
#include "evarrow/scan.h"

namespace evarrow::test {
namespace {

constexpr size_t kEvents = 100'000;

std::vector<Event> events_of(const Columns& columns, int64_t offset = 0, int off = -1) {
  std::vector<Event> events;
  for (size_t i = 0; i < columns.t.size(); ++i) {
    events.push_back({.t = columns.t[i] + offset,
                      .x = columns.x[i],
                      .y = columns.y[i],
                      .polarity = columns.p[i] != 0 ? 1 : off});
  }
  return events;
}

Options with_threads(int threads, OnError on_error = OnError::kRaise) {
  Options options;
  options.threads = threads;
  options.on_error = on_error;
  return options;
}

std::vector<Event> events_of(const Batch& batch) {
  std::vector<Event> events;
  append_events(batch, events);
  return events;
}

std::vector<Event> streamed(const Scan& scan) {
  std::vector<Event> events;
  Reader reader = scan.open();
  for (Batch batch; reader.next(batch);) append_events(batch, events);
  return events;
}

TEST_CASE("chunk decoder: rows come out whatever the chunks, batches and threads") {
  Storage storage;
  const Columns columns = known_columns(kEvents);
  ChunkPlan plan = plan_of(storage, columns);
  plan.time.offset = 5'000'000'000;
  const auto want = events_of(columns, 5'000'000'000);
  for (const int threads : {1, 3}) {
    const Recording recording = open_plan(storage, {plan}, with_threads(threads));
    CHECK((events_of(recording.scan().read()) == want));
    for (const size_t size : {size_t{1}, size_t{999}, size_t{65'536}}) {
      Scan scan = recording.scan();
      scan.batch_size = size;
      scan.limit = size == 1 ? 2000 : kNoLimit;
      const auto rows = streamed(scan);
      CHECK(std::equal(rows.begin(), rows.end(), want.begin()));
      CHECK(rows.size() == std::min<uint64_t>(scan.limit, kEvents));
    }
    CHECK(recording.count() == kEvents);
    CHECK(recording.time_range()->first == want.front().t);
    CHECK(recording.time_range()->last == want.back().t);
  }
}

TEST_CASE("chunk decoder: a window decodes what it must") {
  Storage storage;
  const Columns columns = known_columns(kEvents);
  const Recording recording = open_plan(storage, {plan_of(storage, columns)});
  Scan scan = recording.scan();
  scan.predicate.t_begin = 150'000;
  scan.predicate.t_end = 150'300;
  Scan::Report report;
  const auto rows = events_of(scan.read(&report));
  REQUIRE(rows.size() == 100);
  CHECK(rows.front() == events_of(columns)[50'000]);
  CHECK(report.events_decoded < 40'000);
}

TEST_CASE("chunk decoder: a window far behind the front has the rows of a whole read") {
  // More rows than one piece of the work of an index.
  constexpr size_t kMany = 2'500'000;
  Storage storage;
  const Columns columns = known_columns(kMany);
  const Recording recording = open_plan(storage, {plan_of(storage, columns)}, with_threads(2));
  const auto range = recording.time_range();
  REQUIRE(range);
  CHECK(range->first == 0);
  CHECK(range->last == 3 * (kMany - 1));
  for (const size_t first : {size_t{5}, kMany / 2, kMany - 40'000}) {
    Scan scan = recording.scan();
    scan.predicate.t_begin = static_cast<int64_t>(3 * first);
    scan.predicate.t_end = scan.predicate.t_begin + 90'000;
    const std::vector<Event> rows = events_of(scan.read());
    REQUIRE(rows.size() == 30'000);
    CHECK(rows.front().t == scan.predicate.t_begin);
    CHECK(rows.back().x == columns.x[first + 29'999]);
  }
}

TEST_CASE("chunk decoder: columns that are not asked for are not decoded") {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(kEvents));
  plan.datasets[1].chunks[5].offset = storage.bytes.size();  // y is damaged
  Scan scan = open_plan(storage, {plan}).scan();
  scan.columns = 1U << kX | 1U << kT;
  CHECK(scan.read().size() == kEvents);
  scan.columns |= 1U << kY;
  CHECK_THROWS_AS(scan.read(), Error);
}

TEST_CASE("chunk decoder: damage ends a pass behind the rows before it, or is left out") {
  Storage storage;
  const Columns columns = known_columns(kEvents);
  ChunkPlan plan = plan_of(storage, columns);
  plan.datasets[1].chunks[50].offset = storage.bytes.size() - 3;
  constexpr size_t kBad = 50 * 777;
  const auto want = events_of(columns);
  for (const int threads : {1, 3}) {
    Reader reader = open_plan(storage, {plan}, with_threads(threads)).scan().open();
    std::vector<Event> rows;
    Batch batch;
    try {
      while (reader.next(batch)) append_events(batch, rows);
      FAIL("there is no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kDamaged);
      CHECK(error.offset() == storage.bytes.size() - 3);
      CHECK(std::string(error.what()).find("'y'") != std::string::npos);
    }
    REQUIRE(rows.size() == kBad);
    CHECK(std::equal(rows.begin(), rows.end(), want.begin()));

    const Recording lenient = open_plan(storage, {plan}, with_threads(threads, OnError::kIgnore));
    Scan::Report report;
    auto left = want;
    left.erase(left.begin() + kBad, left.begin() + kBad + 777);
    CHECK((events_of(lenient.scan().read(&report)) == left));
    CHECK(report.faults[FaultKind::kCorrupt].count == 777);
    CHECK(report.faults[FaultKind::kCorrupt].offset == storage.bytes.size() - 3);
  }
}

TEST_CASE("chunk decoder: rows that are known to be damaged are, for the reason that is given") {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(kEvents));
  Chunk& bad = plan.datasets[1].chunks[50];
  bad = {.row = bad.row, .offset = 7, .size = 0, .damage = "it is no picture"};
  try {
    (void)open_plan(storage, {plan}).scan().read();
    FAIL("there is no error");
  } catch (const Error& error) {
    CHECK(error.offset() == 7);
    CHECK(std::string(error.what()).find("it is no picture") != std::string::npos);
  }
  const Recording lenient = open_plan(storage, {plan}, with_threads(1, OnError::kIgnore));
  CHECK(lenient.scan().read().size() == kEvents - 777);
}

TEST_CASE("chunk decoder: damage is told whether or not an index says where events are") {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(kEvents));
  for (size_t i = 0; i < 4; ++i) plan.datasets[2].chunks[i].offset = storage.bytes.size();
  const Recording recording = open_plan(storage, {plan}, with_threads(1, OnError::kIgnore));
  const auto damaged_rows = [&] {
    Reader reader = recording.scan().open();
    for (Batch batch; reader.next(batch);) continue;
    return reader.report().faults[FaultKind::kCorrupt].count;
  };
  CHECK(damaged_rows() == 4 * 4096);
  CHECK(recording.count() == kEvents - 4 * 4096);
  REQUIRE(recording.has_index());
  CHECK(damaged_rows() == 4 * 4096);
}

TEST_CASE("chunk decoder: rows of no chunk have the fill value") {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(3000));
  plan.datasets[0].chunks.erase(plan.datasets[0].chunks.begin() + 1);
  plan.datasets[0].fill = {std::byte{9}, std::byte{1}};
  const Batch rows = open_plan(storage, {plan}).scan().read();
  CHECK(rows.column<int16_t>(kX)[999] == 999 * 7 % 640);
  CHECK(rows.column<int16_t>(kX)[1000] == 0x109);
  CHECK(rows.column<int16_t>(kX)[1999] == 0x109);
  CHECK(rows.column<int16_t>(kX)[2000] == 2000 * 7 % 640);
}

TEST_CASE("chunk decoder: rows without a time are left out where the plan says so") {
  Storage storage;
  const Columns columns = known_columns(kEvents);
  std::vector<int64_t> times(columns.t.begin(), columns.t.end());
  std::vector<Event> want;
  const auto all = events_of(columns, 50);
  for (size_t i = 0; i < kEvents; ++i) {
    const bool is_gap = i < 2 || i % 7 == 3 || (i > 8000 && i < 17'000) || i + 1 == kEvents;
    times[i] = is_gap ? INT64_MIN : 1000 * times[i];
    if (!is_gap) want.push_back(all[i]);
  }
  ChunkPlan plan = plan_of(storage, columns);
  plan.columns[2].type = Stored::kInt64;
  plan.time = {.offset = 50'000, .multiplier = 1, .divisor = 1000};
  plan.datasets[2] = put_column(storage, "t", times, 4096);
  plan.drops_timeless = true;
  for (const int threads : {1, 3}) {
    const Recording recording = open_plan(storage, {plan}, with_threads(threads));
    CHECK((events_of(recording.scan().read()) == want));
    CHECK(recording.count() == want.size());
    CHECK(recording.time_range()->first == want.front().t);
    Scan scan = recording.scan();
    scan.batch_size = 999;
    CHECK((streamed(scan) == want));
    scan.columns = 1U << kX;
    CHECK(scan.read().size() == want.size());
  }
  // Without that, a time that is too early to be moved is damage.
  plan.drops_timeless = false;
  plan.time = {.offset = -1};
  CHECK_THROWS_AS(open_plan(storage, {plan}).scan().read(), Error);
}

TEST_CASE("chunk decoder: events outside a sensor are counted, or dropped everywhere") {
  Storage storage;
  const Columns columns = known_columns(kEvents);
  const ChunkPlan plan = plan_of(storage, columns);
  auto inside = events_of(columns);
  std::erase_if(inside, [](const Event& event) { return event.x >= 320 || event.y >= 240; });
  Options options;
  options.resolution = Resolution{320, 240};
  Scan::Report report;
  CHECK(open_plan(storage, {plan}, options).scan().read(&report).size() == kEvents);
  CHECK(report.faults[FaultKind::kOutOfSensor].count == kEvents - inside.size());
  options.out_of_sensor = OutOfSensor::kDrop;
  const Recording dropping = open_plan(storage, {plan}, options);
  CHECK((events_of(dropping.scan().read()) == inside));
  CHECK(dropping.count() == inside.size());
  Scan times = dropping.scan();
  times.columns = 1U << kT;
  CHECK(times.read().size() == inside.size());
}

TEST_CASE("chunk decoder: blocks of ECF become columns, with and without another filter") {
  const Columns columns = known_columns(5000);
  Storage storage;
  ChunkedRows records = {.name = "events",
                         .row_bytes = 16,
                         .chunk_rows = 1024,
                         .filters = {{.id = codecs::kEcf, .values = {}}},
                         .chunks = {},
                         .fill = {},
                         .content = {}};
  std::vector<int16_t> x(columns.x.begin(), columns.x.end());
  std::vector<int16_t> y(columns.y.begin(), columns.y.end());
  std::vector<int64_t> t(columns.t.begin(), columns.t.end());
  std::vector<int8_t> p(columns.p.begin(), columns.p.end());
  for (size_t row = 0; row < 5000; row += 1024) {
    const size_t n = std::min<size_t>(1024, 5000 - row);
    const codecs::EcfEvents events = {&x[row], &y[row], &t[row], &p[row]};
    std::vector<std::byte> block(codecs::ecf_bound(n));
    const auto mode = static_cast<codecs::EcfMode>(row / 1024 % 3);
    block.resize(codecs::ecf_encode(events, n, mode, block.data()).bytes);
    records.chunks.push_back({.row = row, .offset = storage.put(block), .size = block.size()});
  }
  ChunkPlan plan = {.rows = 5000,
                    .datasets = {records},
                    .columns = {{.at = 0, .type = Stored::kUint16},
                                {.at = 2, .type = Stored::kUint16},
                                {.at = 8, .type = Stored::kInt64},
                                {.at = 4, .type = Stored::kInt16}},
                    .time = {}};
  const auto want = events_of(columns);
  CHECK((events_of(open_plan(storage, {plan}).scan().read()) == want));
  plan.datasets[0].filters.push_back({.id = codecs::kShuffle, .values = {1}});
  CHECK((events_of(open_plan(storage, {plan}).scan().read()) == want));
}

TEST_CASE("chunk decoder: triggers have a plan of their own and come along by time") {
  Storage storage;
  const ChunkPlan events = plan_of(storage, known_columns(kEvents));
  ChunkPlan triggers = {.stream = "triggers",
                        .rows = 3,
                        .datasets = {put_column<int64_t>(storage, "t", {10, 200'000, 999'999}, 2),
                                     put_column<int16_t>(storage, "id", {1, 2, 3}, 3)},
                        .columns = {{.dataset = 0},
                                    {.dataset = 1, .type = Stored::kInt16},
                                    {.dataset = 1, .type = Stored::kInt16}},
                        .time = {}};
  auto plan = std::make_shared<ContainerPlan>();
  plan->header.format = "prophesee-hdf5";
  plan->streams = {events, triggers};
  auto bytes = std::make_shared<const std::vector<std::byte>>(storage.bytes);
  const Bytes view = *bytes;
  Options options;
  options.container = plan;
  const Recording recording = Recording::from_bytes(view, bytes, options);
  CHECK(recording.count("triggers") == 3);
  CHECK(recording.scan("triggers").read().size() == 3);
  Scan scan = recording.scan();
  scan.also = {"triggers"};
  scan.batch_size = 50'000;
  Reader reader = scan.open();
  std::vector<size_t> met;
  for (Batch batch; reader.next(batch);) met.push_back(reader.take("triggers").size());
  met.push_back(reader.take("triggers").size());
  CHECK(met == std::vector<size_t>{1, 1, 1});
}

TEST_CASE("chunk decoder: plans that cannot be true are refused") {
  Storage storage;
  const ChunkPlan good = plan_of(storage, known_columns(5000));
  const auto refused = [&](auto change) {
    ChunkPlan plan = good;
    change(plan);
    CHECK_THROWS_AS(open_plan(storage, {plan}), Error);
  };
  refused([](ChunkPlan& plan) { plan.datasets[0].row_bytes = 0; });
  refused([](ChunkPlan& plan) { plan.datasets[0].chunk_rows = 0; });
  refused([](ChunkPlan& plan) { plan.datasets[0].chunk_rows = uint64_t{1} << 60; });
  refused([](ChunkPlan& plan) { plan.columns[0].dataset = 9; });
  refused([](ChunkPlan& plan) { plan.columns[0].at = 1; });
  refused([](ChunkPlan& plan) { plan.columns[2].type = Stored::kInt64; });
  refused([](ChunkPlan& plan) { plan.time.divisor = 0; });
  refused([](ChunkPlan& plan) { plan.time.multiplier = -1; });
  refused([](ChunkPlan& plan) { plan.rows = uint64_t{1} << 50; });
  refused(
      [](ChunkPlan& plan) { std::swap(plan.datasets[0].chunks[0], plan.datasets[0].chunks[1]); });
  refused([](ChunkPlan& plan) { plan.datasets[0].chunks[1].row = 999; });
  refused([](ChunkPlan& plan) { plan.datasets[0].chunks[0].size = UINT64_MAX; });
  refused([](ChunkPlan& plan) { plan.datasets[0].filters = {{.id = 12345, .values = {}}}; });
}

TEST_CASE("chunk decoder: chunks that claim too much are damage, not memory") {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(5000));
  plan.rows = 5000;
  ChunkedRows& x = plan.datasets[0];
  x.filters = {{.id = codecs::kDeflate, .values = {6}}};
  x.chunk_rows = uint64_t{1} << 30;  // 2 GiB out of 2000 bytes
  x.chunks.resize(1);
  try {
    open_plan(storage, {plan}).scan().read();
    FAIL("there is no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("too small for the rows") != std::string::npos);
  }
}

}  // namespace
}  // namespace evarrow::test
