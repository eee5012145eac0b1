// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "evarrow/error.h"
#include "scan/recordings.h"

namespace evarrow::test {
namespace {

constexpr const char* kFormats[] = {"evt2", "evt21", "evt3", "evt4"};

Options with_threads(int threads) {
  Options options;
  options.threads = threads;
  return options;
}

std::vector<Row> filtered(const std::vector<Row>& rows, const Predicate& box) {
  std::vector<Row> kept;
  std::ranges::copy_if(rows, std::back_inserter(kept), [&](const Row& row) {
    return row.t >= box.t_begin && (box.t_end == INT64_MAX || row.t < box.t_end) &&
           row.x >= box.x_begin && row.x < box.x_end && row.y >= box.y_begin && row.y < box.y_end &&
           (!box.polarity || row.polarity == *box.polarity);
  });
  return kept;
}

std::vector<Row> sorted(std::vector<Row> rows) {
  std::ranges::stable_sort(rows, {}, &Row::t);
  return rows;
}

TEST_CASE("scan: a whole read gives what was written, with any number of threads") {
  const EventBatch events = noisy_events(400'000, 1);
  for (const char* format : kFormats) {
    const auto file = encoded(format, events);
    for (const int threads : {1, 2, 5}) {
      CAPTURE(format);
      CAPTURE(threads);
      const Scan scan = recording_of(file, with_threads(threads)).scan();
      Scan::Report report;
      const Batch all = scan.read(&report);
      CHECK(rows_of(all) == rows_of(events));
      CHECK(all.capacity() == events.size());
      CHECK(report.sorted);
      CHECK(report.warnings.empty());
      CHECK(streamed(scan) == rows_of(events));
    }
  }
}

TEST_CASE("scan: batches have exactly the asked size, but for the last") {
  const EventBatch events = noisy_events(10'000, 2);
  for (const char* format : kFormats) {
    for (const size_t size : {size_t{1}, size_t{7}, size_t{999}, size_t{10'000}, size_t{99'999}}) {
      Scan scan = recording_of(encoded(format, events)).scan();
      scan.batch_size = size;
      Reader reader = scan.open();
      size_t rows = 0;
      for (Batch batch; reader.next(batch);) {
        rows += batch.size();
        CHECK((batch.size() == size || rows == events.size()));
      }
      CHECK(rows == events.size());
    }
  }
}

TEST_CASE("scan: a predicate gives what filtering everything gives, with and without an index") {
  const EventBatch events = noisy_events(300'000, 3);
  const auto all = rows_of(events);
  Predicate window;
  window.t_begin = all[100'000].t;
  window.t_end = all[101'000].t;
  Predicate region = window;
  region.x_begin = 100;
  region.x_end = 300;
  Predicate rest;
  rest.y_begin = 7;
  rest.y_end = 9;
  rest.polarity = 1;
  Predicate early;
  early.t_end = all[50].t;
  for (const char* format : kFormats) {
    const Recording recording = recording_of(encoded(format, events));
    for (const Predicate& predicate : {window, region, rest, early}) {
      Scan scan = recording.scan();
      scan.predicate = predicate;
      Scan::Report report;
      CHECK(rows_of(scan.read(&report)) == filtered(all, predicate));
      CHECK(streamed(scan) == filtered(all, predicate));
      CHECK(scan.count() == filtered(all, predicate).size());
      if (predicate.t_end == window.t_end) CHECK(report.events_decoded < 100'000);
    }
  }
}

TEST_CASE("scan: small steps back are sorted, ties in recording order, however it is read") {
  const EventBatch events = noisy_events(200'000, 4, 50'000, 1, 97, 900);
  const auto want = sorted(rows_of(events));
  for (const char* format : kFormats) {
    const auto file = encoded(format, events);
    for (const int threads : {1, 3}) {
      CAPTURE(format);
      CAPTURE(threads);
      Scan scan = recording_of(file, with_threads(threads)).scan();
      Scan::Report report;
      CHECK(rows_of(scan.read(&report)) == want);
      CHECK(report.sorted);
      CHECK(report.faults[FaultKind::kTimeBackwards].count > 1'000);
      for (const size_t size : {size_t{100}, size_t{5'000}, size_t{65'536}}) {
        scan.batch_size = size;
        CHECK(streamed(scan) == want);
      }
      scan.limit = 1'234;
      CHECK(streamed(scan) == std::vector(want.begin(), want.begin() + 1'234));
      CHECK(rows_of(scan.read()) == std::vector(want.begin(), want.begin() + 1'234));
      Predicate box;
      box.t_begin = want[80'000].t;
      box.t_end = want[90'000].t;
      box.x_end = 320;
      scan.limit = kNoLimit;
      scan.predicate = box;
      CHECK(rows_of(scan.read()) == filtered(want, box));
      CHECK(streamed(scan) == filtered(want, box));
    }
  }
}

TEST_CASE("scan: without sorting the recording's own order comes out") {
  const EventBatch events = noisy_events(100'000, 5, 50'000, 1, 50, 500);
  Options options;
  options.sort = false;
  const Scan scan = recording_of(encoded("evt2", events), options).scan();
  Scan::Report report;
  CHECK(rows_of(scan.read(&report)) == rows_of(events));
  CHECK_FALSE(report.sorted);
  CHECK(streamed(scan) == rows_of(events));
}

TEST_CASE("scan: a hostile order is sorted in reasonable time") {
  EventBatch events(200'000);
  for (size_t i = 0; i < 200'000; ++i) {
    events.t()[i] = 20'000 + static_cast<int64_t>(i / 100) + (i % 2 == 0 ? 0 : -9'000);
    events.x()[i] = static_cast<int16_t>(i % 640);
    events.y()[i] = 1;
    events.polarity()[i] = 1;
  }
  events.resize(200'000);
  const Scan scan = recording_of(encoded("evt2", events)).scan();
  CHECK(rows_of(scan.read()) == sorted(rows_of(events)));
  CHECK(streamed(scan) == sorted(rows_of(events)));
}

TEST_CASE("scan: a clock reset is damage, named by its byte, after what came before it") {
  EventBatch events = noisy_events(50'000, 6, 1'000'000);
  for (size_t i = 30'000; i < 50'000; ++i) events.t()[i] -= 500'000;
  const auto all = rows_of(events);
  const auto file = encoded("evt2", events);
  const Scan scan = recording_of(file).scan();
  CHECK_THROWS_AS(scan.read(), Error);
  Reader reader = scan.open();
  std::vector<Row> got;
  bool thrown = false;
  try {
    for (Batch batch; reader.next(batch);) {
      for (const Row& row : rows_of(batch)) got.push_back(row);
    }
  } catch (const Error& error) {
    thrown = true;
    CHECK(error.code() == ErrorCode::kDamaged);
    CHECK(error.offset() != Error::kNoOffset);
  }
  CHECK(thrown);
  CHECK(got == std::vector(all.begin(), all.begin() + 30'000));

  Options lenient;
  lenient.on_error = OnError::kWarn;
  Scan::Report report;
  const Scan kept = recording_of(file, lenient).scan();
  CHECK(rows_of(kept.read(&report)) == all);
  CHECK_FALSE(report.sorted);
  CHECK(report.warnings.size() == 1);
  CHECK(streamed(kept) == all);
}

TEST_CASE("scan: a projection writes only its columns") {
  const EventBatch events = noisy_events(100'000, 7);
  Scan scan = recording_of(encoded("evt3", events)).scan();
  scan.columns = 1U << kX | 1U << kPolarity;
  const Batch read = scan.read();
  CHECK(read.has(kX));
  CHECK_FALSE(read.has(kY));
  CHECK_FALSE(read.has(kT));
  CHECK(std::equal(events.x(), events.x() + events.size(), read.column<int16_t>(kX)));
  scan.predicate.y_end = 100;
  const Batch some = scan.read();
  CHECK_FALSE(some.has(kY));
  CHECK(some.size() < events.size());
  scan.columns = 0;
  CHECK(scan.read().size() == some.size());
}

TEST_CASE("scan: triggers come along in the same pass, or alone") {
  const EventBatch events = noisy_events(60'000, 8);
  Batch triggers(kTriggerFields, 20);
  for (size_t i = 0; i < 20; ++i) {
    triggers.column<int64_t>(kTriggerT)[i] = events.t()[i * 3'000];
    triggers.column<int16_t>(kTriggerId)[i] = static_cast<int16_t>(i % 8);
    triggers.column<int8_t>(kTriggerPolarity)[i] = i % 2 == 0 ? int8_t{1} : int8_t{-1};
  }
  triggers.resize(20);
  for (const char* format : kFormats) {
    const Recording recording = recording_of(encoded(format, events, triggers));
    Scan scan = recording.scan();
    scan.also = {"triggers"};
    std::vector<Batch> others;
    CHECK(rows_of(scan.read(nullptr, &others)) == rows_of(events));
    REQUIRE(others.size() == 1);
    const auto same = [&](const Batch& got) {
      return got.size() == 20 &&
             std::equal(got.column<int64_t>(kTriggerT), got.column<int64_t>(kTriggerT) + 20,
                        triggers.column<int64_t>(kTriggerT)) &&
             std::equal(got.column<int16_t>(kTriggerId), got.column<int16_t>(kTriggerId) + 20,
                        triggers.column<int16_t>(kTriggerId)) &&
             std::equal(got.column<int8_t>(kTriggerPolarity),
                        got.column<int8_t>(kTriggerPolarity) + 20,
                        triggers.column<int8_t>(kTriggerPolarity));
    };
    CHECK(same(others[0]));
    CHECK(same(recording.scan("triggers").read()));
    CHECK(recording.count("triggers") == 20);
    const int64_t* t = triggers.column<int64_t>(kTriggerT);
    const auto [least, greatest] = std::minmax_element(t, t + 20);
    for (const auto& [streams, faults, damaged, findings] :
         {StreamsReport(validate(recording)), survey_streams(recording)}) {
      CHECK(streams.size() + 1 == recording.format().streams.size());
      REQUIRE(streams[0].name == "triggers");
      CHECK(streams[0].rows == 20);
      REQUIRE(streams[0].times);
      CHECK(streams[0].times->first == *least);
      CHECK(streams[0].times->last == *greatest);
      CHECK_FALSE(damaged);
    }
    CHECK(same(recording.scan("triggers").read()));  // now by the index
  }
}

TEST_CASE("scan: the origin moves all times and what predicates mean") {
  const EventBatch events = noisy_events(50'000, 9, 123'456);
  Options options;
  options.origin = {.kind = Origin::Kind::kStart};
  const Recording recording = recording_of(encoded("evt3", events), options);
  const int64_t start = events.t()[0];
  const Batch all = recording.scan().read();
  CHECK(all.column<int64_t>(kT)[0] == 0);
  CHECK(all.column<int64_t>(kT)[49'999] == events.t()[49'999] - start);
  CHECK(recording.time_range()->first == 0);
  Scan scan = recording.scan();
  scan.predicate.t_end = 100;
  const auto rows = rows_of(scan.read());
  CHECK(!rows.empty());
  CHECK(std::ranges::all_of(rows, [](const Row& row) { return row.t < 100; }));
}

TEST_CASE("scan: binary polarity is 0 and 1, also for predicates") {
  const EventBatch events = noisy_events(20'000, 10);
  Options options;
  options.binary_polarity = true;
  Scan scan = recording_of(encoded("evt21", events), options).scan();
  scan.predicate.polarity = 0;
  const auto rows = rows_of(scan.read());
  CHECK(!rows.empty());
  CHECK(std::ranges::all_of(rows, [](const Row& row) { return row.polarity == 0; }));
}

TEST_CASE("scan: a cut last word warns and is counted") {
  auto file = encoded("evt2", noisy_events(1'000, 11));
  file.pop_back();
  Scan::Report report;
  const Scan scan = recording_of(file).scan();
  CHECK(scan.read(&report).size() == 999);
  CHECK(report.faults[FaultKind::kTruncated].count == 3);
  CHECK(report.warnings.size() == 1);
}

TEST_CASE("scan: words of another format are damage that names it") {
  const EventBatch events = noisy_events(100'000, 12);
  Options options;
  options.format = "evt2";
  const Recording recording = recording_of(encoded("evt3", events), options);
  try {
    (void)recording.scan().read();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kDamaged);
    CHECK(std::string(error.what()).find("evt3") != std::string::npos);
  }
}

TEST_CASE("scan: nothing at all is no error") {
  for (const char* format : kFormats) {
    const Recording recording = recording_of(encoded(format, EventBatch(0)));
    CHECK(recording.scan().read().size() == 0);
    CHECK(streamed(recording.scan()).empty());
    CHECK(recording.count() == 0);
    CHECK_FALSE(recording.time_range());
  }
}

TEST_CASE("scan: validate reports faults and never throws for damage") {
  EventBatch events = noisy_events(50'000, 13, 1'000'000);
  for (size_t i = 30'000; i < 50'000; ++i) events.t()[i] -= 500'000;
  const Validation found = validate(recording_of(encoded("evt2", events)));
  CHECK(found.damaged);
  CHECK(found.events == 50'000);
  CHECK(found.largest_step_back >= 500'000 - 10);
  CHECK_FALSE(found.findings.empty());
  CHECK_FALSE(validate(recording_of(encoded("evt3", noisy_events(1'000, 14)))).damaged);
}

}  // namespace
}  // namespace evarrow::test
