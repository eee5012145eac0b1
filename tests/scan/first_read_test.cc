// SPDX-License-Identifier: Apache-2.0
#include "scan/first_read.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "scan/index.h"
#include "support/decode.h"

namespace evarrow::test {
namespace {

constexpr size_t kLines = 120'000;  // several parts

std::string line(size_t i, int64_t t) {
  return std::to_string(t) + ' ' + std::to_string(i % 640) + ' ' + std::to_string(i % 480) + ' ' +
         std::to_string(i % 2) + '\n';
}

std::string lines(size_t n = kLines) {
  std::string text;
  for (size_t i = 0; i < n; ++i) text += line(i, static_cast<int64_t>(1'000'000 + 3 * i));
  return text;
}

Recording open_text(const std::string& text, int threads, OnError on_error = OnError::kRaise) {
  Options options;
  options.format = "csv";
  options.threads = threads;
  options.on_error = on_error;
  options.order = "txyp";
  options.t_unit = "us";
  return Recording::from_bytes(std::as_bytes(std::span(text)), nullptr, options);
}

std::vector<Event> streamed(const Recording& recording) {
  std::vector<Event> events;
  Reader reader = recording.scan().open();
  for (Batch batch; reader.next(batch);) append_events(batch, events);
  return events;
}

bool same(const Index& a, const Index& b) {
  const auto equal = [](const IndexBlock& one, const IndexBlock& other) {
    return one.offset == other.offset && one.event == other.event && one.t_min == other.t_min &&
           one.t_max == other.t_max && one.state == other.state;
  };
  return std::ranges::equal(a.blocks, b.blocks, equal) && a.end == b.end && a.events == b.events &&
         a.t_min == b.t_min && a.t_max == b.t_max;
}

// Reads all of `text` first, with several numbers of threads: rows and index are those of passes
// from front to back.
void check_first_read(const std::string& text, OnError on_error = OnError::kRaise) {
  const std::vector<Event> want = streamed(open_text(text, 1, on_error));
  const auto index = open_text(text, 1, on_error).index();
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    const Recording recording = open_text(text, threads, on_error);
    CHECK(!recording.has_index());
    std::vector<Event> events;
    append_events(recording.scan().read(), events);
    CHECK((events == want));
    CHECK(recording.has_index());
    CHECK(same(*recording.index(), *index));
  }
}

TEST_CASE("first read: rows and index are those of other ways to read") {
  check_first_read(lines());
  check_first_read(lines(3));
  std::string text = lines();
  text.pop_back();
  check_first_read(text);
  check_first_read(text + "\n\n# the end");
}

TEST_CASE("first read: lines may be of any length, or none of events, wherever parts end") {
  std::string text;
  size_t i = 0;
  for (size_t part = 1; part < 5; ++part) {
    for (; text.size() < part * 524'288 - 100; ++i) text += line(i, static_cast<int64_t>(i));
    text += '#' + std::string(part * 60, 'x') + "\n\n" + std::string(part * 7, ' ') + '\n';
  }
  check_first_read(text);
  check_first_read(std::string(1'200'000, '\n') + lines(10));
}

TEST_CASE("first read: damage is told, or left out, as by a pass from front to back") {
  std::string text = lines();
  text.insert(text.find('\n', text.size() / 2) + 1, "oops\n");
  CHECK_THROWS_AS(open_text(text, 2).scan().read(), Error);
  check_first_read(text, OnError::kIgnore);
  Scan::Report report;
  (void)open_text(text, 2, OnError::kIgnore).scan().read(&report);
  CHECK(report.faults[FaultKind::kCorrupt].count == 1);
}

TEST_CASE("first read: small steps back in time are repaired, also where parts meet") {
  std::string text;
  for (size_t i = 0; i < kLines; ++i) {
    text += line(i, static_cast<int64_t>(1'000'000 + 3 * i - (i % 7 == 0 ? 10 : 0)));
  }
  check_first_read(text);
}

TEST_CASE("first read: columns that are not asked for are not there") {
  const std::string text = lines();
  Scan scan = open_text(text, 2).scan();
  scan.columns = uint32_t{1} << kX | uint32_t{1} << kPolarity;
  const Batch rows = scan.read();
  CHECK(rows.size() == kLines);
  CHECK(rows.columns() == scan.columns);
  CHECK(rows.column<int16_t>(kX)[641] == 1);
}

}  // namespace
}  // namespace evarrow::test
