// SPDX-License-Identifier: Apache-2.0
// Queries that several threads answer, against the pass of one.
#include <doctest/doctest.h>

#include <algorithm>

#include "evarrow/error.h"
#include "scan/index.h"
#include "scan/recordings.h"

namespace evarrow::test {
namespace {

constexpr size_t kEvents = 2'500'000;  // more than one thread is given

Recording with_threads(const std::vector<std::byte>& file, int threads, Options options = {}) {
  options.threads = threads;
  return recording_of(file, std::move(options));
}

struct Answer {
  std::vector<Row> rows;
  Scan::Report report;
  std::string error;
};

Answer read_all(const Scan& scan) {
  Answer answer;
  try {
    answer.rows = rows_of(scan.read(&answer.report));
  } catch (const Error& error) {
    answer.error = error.what();
  }
  return answer;
}

Answer stream_all(const Scan& scan) {
  Answer answer;
  Reader reader = scan.open();
  try {
    for (Batch batch; reader.next(batch);) {
      for (const Row& row : rows_of(batch)) answer.rows.push_back(row);
    }
    answer.report = reader.report();
  } catch (const Error& error) {
    answer.error = error.what();
  }
  return answer;
}

void check_same(const Answer& got, const Answer& want) {
  CHECK((got.rows == want.rows));
  CHECK(got.error == want.error);
  CHECK(got.report.warnings == want.report.warnings);
  CHECK(got.report.sorted == want.report.sorted);
  CHECK(got.report.events_decoded == want.report.events_decoded);
  CHECK(got.report.bytes_read == want.report.bytes_read);
}

// The same by one thread and by three, for queries that want few rows and many.
void check_queries(const std::vector<std::byte>& file, const Options& options = {}) {
  const Predicate predicates[] = {
      {.x_end = 10},
      {.polarity = int8_t{1}},
      {.t_begin = 500'000, .t_end = 2'300'000, .x_begin = 600, .y_end = 40},
      {.t_begin = 100'000},
  };
  for (const Predicate& predicate : predicates) {
    std::vector<Scan> scans;
    for (const int threads : {1, 3}) {
      const Recording recording = with_threads(file, threads, options);
      (void)recording.index();
      scans.push_back(recording.scan());
      scans.back().predicate = predicate;
    }
    check_same(read_all(scans[1]), read_all(scans[0]));
    for (const size_t size : {size_t{65'536}, size_t{1001}}) {
      for (Scan& scan : scans) scan.batch_size = size;
      check_same(stream_all(scans[1]), stream_all(scans[0]));
    }
  }
}

TEST_CASE("query: any number of threads gives the same rows and the same report") {
  const EventBatch events = noisy_events(kEvents, 1);
  for (const char* format : {"evt2", "evt21", "evt3", "evt4"}) {
    CAPTURE(format);
    check_queries(encoded(format, events));
  }
}

TEST_CASE("query: batches of the answer have the asked size, but for the last") {
  const Recording recording = with_threads(encoded("evt2", noisy_events(kEvents, 2)), 3);
  (void)recording.index();
  Scan scan = recording.scan();
  scan.predicate = {.x_end = 10};
  scan.columns = 1U << kX;
  scan.batch_size = 5'000;
  const size_t rows = scan.read().size();
  Reader reader = scan.open();
  size_t given = 0;
  for (Batch batch; reader.next(batch); given += batch.size()) {
    CHECK(batch.size() == std::min<size_t>(5'000, rows - given));
    CHECK(batch.has(kX));
    CHECK(!batch.has(kT));
    CHECK(std::all_of(batch.column<int16_t>(kX), batch.column<int16_t>(kX) + batch.size(),
                      [](int16_t x) { return x < 10; }));
  }
  CHECK(given == rows);
  CHECK(rows > 10'000);
  Batch none;
  CHECK(!reader.next(none));
}

TEST_CASE("query: steps back in time are judged by a pass from front to back") {
  for (const size_t every : {size_t{1'000}, size_t{2'400'000}}) {
    check_queries(encoded("evt2", noisy_events(kEvents, 3, 10'000, 2, every, 300)));
  }
}

TEST_CASE("query: a step back between two pieces is found") {
  // One piece of the recording is 2 MiB, some 500,000 events: all borders are near a step back.
  check_queries(encoded("evt2", noisy_events(kEvents, 4, 10'000, 2, 64, 50)));
}

TEST_CASE("query: a clock reset raises what one thread raises, or warns") {
  EventBatch events = noisy_events(kEvents, 5, 3'000'000);
  for (size_t i = 2'000'000; i < kEvents; ++i) events.t()[i] -= 2'500'000;
  const auto file = encoded("evt2", events);
  check_queries(file);
  Options lenient;
  lenient.on_error = OnError::kWarn;
  check_queries(file, lenient);
}

TEST_CASE("query: a cut last word is told of by any number of threads") {
  auto file = encoded("evt2", noisy_events(kEvents, 6));
  file.pop_back();
  check_queries(file);
}

TEST_CASE("query: words of another format raise what one thread raises") {
  auto file = encoded("evt2", noisy_events(kEvents, 7));
  std::fill(file.end() - 400'000, file.end() - 200'000, std::byte{0x5A});
  check_queries(file);
  Options lenient;
  lenient.on_error = OnError::kWarn;
  check_queries(file, lenient);
}

}  // namespace
}  // namespace evarrow::test
