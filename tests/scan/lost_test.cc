// SPDX-License-Identifier: Apache-2.0
// Windows of time over rows whose times cannot be had.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "containers/plans.h"
#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "io/temporary_folder.h"
#include "scan/index.h"
#include "scan/recordings.h"
#include "support/text.h"

namespace evarrow::test {
namespace {

constexpr size_t kEvents = 200'000;  // three microseconds apart, in blocks of 16384
constexpr size_t kChunk = 4096;      // of times

void fill(Index& index, std::vector<IndexBlock> blocks) {
  for (const IndexBlock& block : blocks) index.lost += block.lost;
  index.blocks = std::move(blocks);
  bound_lost(index);
}

TEST_CASE("index: what is lost is bounded by the times on both sides of it") {
  Index index;
  fill(index, {{.lost = 1},
               {.t_min = 50'000, .t_max = 60'000},
               {.lost = 5},
               {.t_min = 70'000, .t_max = 71'000, .lost = 2},
               {.t_min = 90'000, .t_max = 95'000},
               {.t_min = 20'000, .t_max = 25'000, .lost = 1},
               {.lost = 1}});
  const auto check = [&](size_t block, int64_t first, int64_t last) {
    CAPTURE(block);
    CHECK(index.blocks[block].t_min == first);
    CHECK(index.blocks[block].t_max == last);
  };
  check(0, INT64_MIN, 60'000);
  check(1, 50'000, 60'000);
  check(2, 50'000, 80'000);
  check(3, 50'000, 100'000);
  check(5, 20'000, INT64_MAX);
  check(6, 15'000, INT64_MAX);
}

TEST_CASE("index: nothing bounds what is lost where the clock is reset") {
  Index index;
  fill(index, {{.t_min = 80'000, .t_max = 90'000}, {.lost = 1}, {.t_min = 0, .t_max = 9}});
  CHECK(index.blocks[1].t_min == INT64_MIN);
  CHECK(index.blocks[1].t_max == INT64_MAX);
}

// Times of chunks `first` to `last` cannot be had.
Recording damaged(size_t first, size_t last, OnError on_error, int threads) {
  Storage storage;
  ChunkPlan plan = plan_of(storage, known_columns(kEvents));
  for (size_t i = first; i <= last; ++i) plan.datasets[2].chunks[i].offset = storage.bytes.size();
  Options options;
  options.on_error = on_error;
  options.threads = threads;
  return open_plan(storage, {plan}, options);
}

Scan window(const Recording& recording, size_t first_row, size_t end_row) {
  Scan scan = recording.scan();
  scan.predicate.t_begin = static_cast<int64_t>(3 * first_row);
  scan.predicate.t_end = static_cast<int64_t>(3 * end_row);
  return scan;
}

TEST_CASE("window: damage that may belong to it is raised, or counted as in a whole read") {
  // A block of the index of which all is lost, one of which a part is, and the last rows.
  const std::pair<size_t, size_t> places[] = {{20, 23}, {21, 21}, {48, 48}};
  for (const auto& [first, last] : places) {
    const size_t begin = first * kChunk;
    const size_t end = std::min((last + 1) * kChunk, kEvents);
    for (const int threads : {1, 3}) {
      CAPTURE(first);
      CAPTURE(threads);
      const Recording strict = damaged(first, last, OnError::kRaise, threads);
      const Recording lenient = damaged(first, last, OnError::kIgnore, threads);
      const auto raises = [&](size_t from, size_t to) {
        try {
          (void)window(strict, from, to).read();
        } catch (const Error& error) {
          CHECK(error.code() == ErrorCode::kDamaged);
          return true;
        }
        return false;
      };
      CHECK(raises(begin, end));
      CHECK(raises(begin + 10, begin + 20));
      CHECK(raises(0, kEvents));
      CHECK_FALSE(raises(0, 50'000));
      if (last < 40) CHECK_FALSE(raises(150'000, kEvents));

      Scan::Report report;
      CHECK(window(lenient, begin, end).read(&report).size() == 0);
      CHECK(report.faults[FaultKind::kCorrupt].count == end - begin);
      CHECK(report.warnings.empty());
      CHECK(window(lenient, 0, 50'000).read(&report).size() == 50'000);
      CHECK(report.faults[FaultKind::kCorrupt].count == 0);
      CHECK(window(lenient, begin, end).count() == 0);
    }
  }
}

TEST_CASE("window: an index of a recording with damage does not tell the times of all rows") {
  const Recording recording = damaged(48, 48, OnError::kIgnore, 1);
  CHECK_FALSE(recording.knows_times());
  REQUIRE(recording.time_range());
  CHECK(recording.time_range()->last == 3 * (48 * kChunk - 1));
  CHECK(recording.has_index());
  CHECK_FALSE(recording.knows_times());
}

TEST_CASE("window: a bad line is met by a window of its time, whoever made the index") {
  constexpr int kLines = 40'000;
  constexpr int kBad = 20'000;
  const TemporaryFolder folder;
  for (const bool read_before : {false, true}) {
    std::string text;
    for (int i = 0; i < kLines; ++i) {
      text += i == kBad ? "this is no event\n" : std::to_string(1000 * i) + " 1 2 1\n";
    }
    const auto path = folder / (read_before ? "a.txt" : "b.txt");
    const Bytes bytes = bytes_of(text);
    save(path, {bytes.begin(), bytes.end()});
    Options lenient;
    lenient.on_error = OnError::kIgnore;
    if (read_before) CHECK(Recording::open(path, lenient).scan().read().size() == kLines - 1);
    const auto read = [&](int first, int end, const Options& options) {
      Scan scan = Recording::open(path, options).scan();
      scan.predicate.t_begin = 1000 * first;
      scan.predicate.t_end = 1000 * end;
      Scan::Report report;
      const size_t rows = scan.read(&report).size();
      return std::pair(rows, report.faults[FaultKind::kCorrupt].count);
    };
    CHECK_THROWS_AS(read(kBad, kBad + 1, {}), Error);
    CHECK(read(kBad, kBad + 1, lenient) == std::pair<size_t, uint64_t>(0, 1));
    CHECK(read(0, 1000, {}) == std::pair<size_t, uint64_t>(1000, 0));
    CHECK(read(kLines - 1000, kLines, {}) == std::pair<size_t, uint64_t>(1000, 0));
  }
}

}  // namespace
}  // namespace evarrow::test
