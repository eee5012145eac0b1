// SPDX-License-Identifier: Apache-2.0
#include "formats/csv/csv.h"

#include <doctest/doctest.h>

#include <string>

#include "formats/csv/numbers.h"
#include "support/decode.h"

namespace evarrow::test {
namespace {

using csv::read_decimal;
using csv::to_integer;

std::optional<int64_t> micros(std::string_view text, int power = 6) {
  const auto number = read_decimal(text);
  return number ? to_integer(*number, power) : std::nullopt;
}

std::unique_ptr<Decoder> make_decoder(const std::string& layout = "txyp us") {
  Header header;
  header.layout = layout;
  return find_format("csv")->make_decoder(header, {});
}

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// All of `text`, a piece of `step` bytes at a time, each with what lies behind it.
struct Outcome {
  std::vector<Event> events;
  uint64_t bad = 0;
  uint64_t first_bad = 0;
  bool operator==(const Outcome&) const = default;
};
Outcome decode(const std::string& text, size_t step, size_t behind, size_t capacity = 100) {
  const auto decoder = make_decoder();
  Outcome outcome;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.size(), (at / step + 1) * step);
    const size_t seen = std::min(text.size(), end + behind);
    decoder->look_ahead(bytes_of(text).subspan(end, seen - end), seen == text.size());
    EventBatch rows(capacity);
    at += decoder->decode(bytes_of(text).subspan(at, end - at), {.events = &rows});
    append_events(rows, outcome.events);
  }
  CHECK(decoder->offset() == text.size());
  const Fault bad = decoder->faults()[FaultKind::kCorrupt];
  outcome.bad = bad.count;
  outcome.first_bad = bad.offset;
  return outcome;
}

TEST_CASE("csv: decimals become whole numbers, rounded half to even") {
  CHECK(micros("1.5") == 1'500'000);
  CHECK(micros("0.0000005") == 0);
  CHECK(micros("0.0000015") == 2);
  CHECK(micros("-0.0000015") == -2);
  CHECK(micros("0.00000150000000000000000001") == 2);
  CHECK(micros("0.00000050000000000000000001") == 1);
  CHECK(micros("9223372036854.775807") == INT64_MAX);
  CHECK(micros("9223372036854.775808") == std::nullopt);
  CHECK(micros("1e13") == std::nullopt);
  CHECK(micros("1e-400") == 0);
  CHECK(micros("2500", -3) == 2);
  CHECK(micros("3500", -3) == 4);
  for (const char* wrong : {"", "-", ".", "1e", "e1", "1.2.3", "1_0", "0x1", " 1"}) {
    CAPTURE(wrong);
    CHECK(micros(wrong) == std::nullopt);
  }
}

TEST_CASE("csv: whatever the pieces and batches, the lines are the same") {
  const std::string text =
      "5 1 2 1\n# a comment\n\n6,3,4,-1\r\n7;5;6;True;\nbad line\n8 1e1 9.0 +1 \n"
      "900000000 32767 -32768 0\n10 40000 1 1\n11 1 1";
  const Outcome want = decode(text, text.size(), 0);
  CHECK(want.events == std::vector<Event>{{5, 1, 2, 1},
                                          {6, 3, 4, -1},
                                          {7, 5, 6, 1},
                                          {8, 10, 9, 1},
                                          {900'000'000, 32'767, -32'768, -1}});
  CHECK(want.bad == 3);
  CHECK(want.first_bad == text.find("bad"));
  for (size_t step = 1; step <= text.size(); ++step) {
    CAPTURE(step);
    CHECK(decode(text, step, 64) == want);
    CHECK(decode(text, step, 64, 1) == want);
  }
}

TEST_CASE("csv: the state says whether a line was read already") {
  const std::string text = "5 1 2 1\n6 3 4 1\n";
  const auto decoder = make_decoder();
  EventBatch rows(4);
  decoder->look_ahead(bytes_of(text).subspan(3), true);
  CHECK(decoder->decode(bytes_of(text).first(3), {.events = &rows}) == 3);
  CHECK(rows.size() == 1);
  const auto other = make_decoder();
  other->set_state(decoder->state());
  CHECK(other->state() == decoder->state());
  other->look_ahead({}, true);
  CHECK(other->decode(bytes_of(text).subspan(3), {.events = &rows}) == text.size() - 3);
  CHECK(rows.size() == 2);
  Summary summary;
  const auto counter = make_decoder();
  counter->look_ahead({}, true);
  CHECK(counter->summarize(bytes_of(text), summary) == text.size());
  CHECK(summary.events == 2);
  CHECK(summary.t_min == 5);
  CHECK(summary.t_max == 6);
}

TEST_CASE("csv: a line without an end waits for more, and is damage once it is too long") {
  const std::string part = "5 1 2 1\n6 3";
  const auto decoder = make_decoder();
  EventBatch rows(4);
  decoder->look_ahead({}, false);
  CHECK(decoder->decode(bytes_of(part), {.events = &rows}) == 8);
  const std::string endless = "5 1 2 1\n" + std::string(10'000, '7') + "\n6 1 1 1\n";
  const Outcome found = decode(endless, 100, csv::kLongestLine);
  CHECK(found.events.size() == 2);
  CHECK(found.bad == 1);
  CHECK(found.first_bad == 8);
}

TEST_CASE("csv: a layout is text and back") {
  for (const char* layout : {"txyp us", "xypt s", "-t-yxp ns", "pyxt ms"}) {
    CHECK(csv::layout_of(*csv::columns_of(layout)) == layout);
  }
  for (const char* wrong : {"", "txy us", "txyp h", "txypq us", "txyp "}) {
    CHECK(!csv::columns_of(wrong));
  }
}

}  // namespace
}  // namespace evarrow::test
