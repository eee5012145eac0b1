// SPDX-License-Identifier: Apache-2.0
// Recordings whose words fill neither a unit nor a window of the input: 5 bytes each.
#include <doctest/doctest.h>

#include <algorithm>

#include "scan/index.h"
#include "scan/recordings.h"

namespace evarrow::test {
namespace {

constexpr int64_t kStep = 4;  // microseconds between events

struct Known {
  std::vector<std::byte> file;
  std::vector<Row> rows;
};

Known known(size_t n) {
  Known made;
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

Options nmnist(int threads) {
  Options options;
  options.format = "nmnist";
  options.threads = threads;
  return options;
}

TEST_CASE("odd words: every read gives all rows, with any number of threads") {
  const Known recording = known(1'500'000);  // 7.5 MB: several windows, chunks of an index, pieces
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    const Scan scan = recording_of(recording.file, nmnist(threads)).scan();
    CHECK((streamed(scan) == recording.rows));
    CHECK((rows_of(scan.read()) == recording.rows));
    CHECK(scan.count() == recording.rows.size());
  }
}

TEST_CASE("odd words: a window decodes little of a long recording") {
  const Known recording = known(1'000'000);
  const Recording opened = recording_of(recording.file, nmnist(2));
  for (const int64_t first : {0, 123'456, 999'000}) {
    Scan scan = opened.scan();
    scan.predicate.t_begin = first * kStep;
    scan.predicate.t_end = (first + 1'000) * kStep;
    Scan::Report report;
    const auto begin = recording.rows.begin() + first;
    CHECK((rows_of(scan.read(&report)) == std::vector<Row>(begin, begin + 1'000)));
    CHECK((streamed(scan) == std::vector<Row>(begin, begin + 1'000)));
    CHECK(report.events_decoded < 30'000);
  }
}

TEST_CASE("odd words: the index is cut at whole words") {
  const Recording opened = recording_of(known(100'000).file, nmnist(3));
  const auto index = opened.index();
  REQUIRE(index->blocks.size() > 5);
  for (const IndexBlock& block : index->blocks) CHECK(block.offset % 65'535 == 0);
}

TEST_CASE("odd words: a record that is cut is left out and told") {
  Known recording = known(30'000);
  recording.file.resize(recording.file.size() - 2);
  recording.rows.pop_back();
  const Scan scan = recording_of(recording.file, nmnist(2)).scan();
  Scan::Report report;
  CHECK((rows_of(scan.read(&report)) == recording.rows));
  CHECK(report.faults[FaultKind::kTruncated].count == 3);
  CHECK(report.faults[FaultKind::kTruncated].offset == recording.file.size() - 3);
  CHECK(report.warnings.size() == 1);
}

}  // namespace
}  // namespace evarrow::test
