// SPDX-License-Identifier: Apache-2.0
// Recordings whose records fill neither a unit nor a window of the input. Those of N-MNIST have 5
// bytes; those of Event Streams have 1 or 5, and the units cut them anywhere.
#include <doctest/doctest.h>

#include <algorithm>

#include "scan/index.h"
#include "scan/recordings.h"

namespace evarrow::test {
namespace {

constexpr int64_t kStep = 4;  // microseconds between events

struct Known {
  const char* format;
  std::vector<std::byte> file;
  std::vector<Row> rows;
};

Known known_nmnist(size_t n) {
  Known made{.format = "nmnist", .file = {}, .rows = {}};
  std::vector<uint8_t> bytes;
  int64_t overflows = 0;
  for (size_t i = 0; i < n; ++i) {
    const int64_t t = static_cast<int64_t>(i) * kStep;
    for (; t - overflows * 8192 >= 8192; ++overflows) bytes.insert(bytes.end(), {9, 240, 9, 9, 9});
    const auto low = static_cast<uint32_t>(t - overflows * 8192);
    const auto x = static_cast<uint8_t>(i * 7 % 34);
    const auto y = static_cast<uint8_t>(i * 11 % 34);
    const bool on = i % 3 == 0;
    bytes.insert(bytes.end(), {x, y, static_cast<uint8_t>(on ? 0x80 : 0),
                               static_cast<uint8_t>(low >> 8), static_cast<uint8_t>(low)});
    made.rows.push_back({.t = t, .x = x, .y = y, .polarity = on ? int8_t{1} : int8_t{-1}});
  }
  made.file.resize(bytes.size());
  std::memcpy(made.file.data(), bytes.data(), bytes.size());
  return made;
}

Known known_es(size_t n) {
  EventBatch events(n);
  for (size_t i = 0; i < n; ++i) {
    events.x()[i] = static_cast<int16_t>(i * 7 % 640);
    events.y()[i] = static_cast<int16_t>(i * 11 % 480);
    events.t()[i] = static_cast<int64_t>(i) * kStep + static_cast<int64_t>(i / 100) * 300;
    events.polarity()[i] = i % 3 == 0 ? int8_t{1} : int8_t{-1};
  }
  events.resize(n);
  return {.format = "es", .file = encoded("es", events), .rows = rows_of(events)};
}

std::vector<Known> known(size_t n) { return {known_nmnist(n), known_es(n)}; }

Recording open(const Known& recording, int threads) {
  Options options;
  options.format = recording.format;
  options.threads = threads;
  return recording_of(recording.file, options);
}

TEST_CASE("odd words: every read gives all rows, with any number of threads") {
  for (const Known& recording : known(1'500'000)) {  // several windows, chunks, pieces
    CAPTURE(recording.format);
    for (const int threads : {1, 2, 5}) {
      CAPTURE(threads);
      const Scan scan = open(recording, threads).scan();
      CHECK((streamed(scan) == recording.rows));
      CHECK((rows_of(scan.read()) == recording.rows));
      CHECK((streamed(scan) == recording.rows));
      CHECK(scan.count() == recording.rows.size());
    }
  }
}

TEST_CASE("odd words: a window decodes little of a long recording") {
  for (const Known& recording : known(1'000'000)) {
    CAPTURE(recording.format);
    const Recording opened = open(recording, 2);
    for (const int64_t first : {0, 123'456, 999'000}) {
      const auto begin = recording.rows.begin() + first;
      Scan scan = opened.scan();
      scan.predicate.t_begin = begin->t;
      scan.predicate.t_end = (begin + 999)->t + 1;
      Scan::Report report;
      CHECK((rows_of(scan.read(&report)) == std::vector<Row>(begin, begin + 1'000)));
      CHECK((streamed(scan) == std::vector<Row>(begin, begin + 1'000)));
      CHECK(report.events_decoded < 30'000);
    }
  }
}

TEST_CASE("odd words: a query of few rows is answered by all threads") {
  for (const Known& recording : known(1'500'000)) {
    CAPTURE(recording.format);
    const Recording opened = open(recording, 3);
    (void)opened.count();
    Scan scan = opened.scan();
    scan.predicate.x_begin = 7;
    scan.predicate.x_end = 8;
    std::vector<Row> want;
    std::ranges::copy_if(recording.rows, std::back_inserter(want),
                         [](const Row& row) { return row.x == 7; });
    CHECK((rows_of(scan.read()) == want));
    CHECK((streamed(scan) == want));
  }
}

TEST_CASE("odd words: the index is cut at whole words") {
  const auto index = open(known_nmnist(100'000), 3).index();
  REQUIRE(index->blocks.size() > 5);
  for (const IndexBlock& block : index->blocks) CHECK(block.offset % 65'535 == 0);
}

TEST_CASE("odd words: a record that is cut is left out and told, if the pass came so far") {
  for (Known& recording : known(30'000)) {
    CAPTURE(recording.format);
    recording.file.resize(recording.file.size() - 2);
    recording.rows.pop_back();
    const Recording opened = open(recording, 2);
    const auto check = [&](const Scan::Report& report) {
      CHECK(report.faults[FaultKind::kTruncated].count == 3);
      CHECK(report.faults[FaultKind::kTruncated].offset == recording.file.size() - 3);
      CHECK(report.warnings.size() == 1);
    };
    Scan scan = opened.scan();
    Reader reader = scan.open();
    for (Batch batch; reader.next(batch);) continue;
    check(reader.report());
    Scan::Report report;
    CHECK((rows_of(scan.read(&report)) == recording.rows));
    check(report);
    check({.faults = validate(opened).faults, .warnings = {""}});
    scan.limit = 1'000;
    CHECK(scan.read(&report).size() == 1'000);
    CHECK(report.faults[FaultKind::kTruncated].count == 0);
  }
}

}  // namespace
}  // namespace evarrow::test
