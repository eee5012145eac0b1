// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt21_words.h"
#include "support/encode.h"

namespace evarrow::test::evt21 {
namespace {

constexpr int64_t kLap = int64_t{1} << 34;

std::unique_ptr<Encoder> make_encoder(Reading how = {}) {
  return format().make_encoder(header_of(how), {});
}

Words encoded(const std::vector<Event>& events, const std::vector<Row3>& triggers = {}) {
  std::vector<std::byte> bytes;
  make_encoder()->encode(batch_of(events), triggers_of(triggers), bytes);
  return words_of<uint64_t>(bytes);
}

void check_comes_back(const std::vector<Event>& events, const std::vector<Row3>& triggers = {}) {
  const Rows rows = PlainDecoder({}).read(encoded(events, triggers));
  CHECK((rows.events == events));
  CHECK((rows.triggers == triggers));
  CHECK(rows.faults == FaultCounts{});
}

std::string refusal_of(const std::vector<Event>& events, const std::vector<Row3>& triggers = {}) {
  return test::refusal_of(*make_encoder(), events, triggers);
}

TEST_CASE("evt21: events of one time, row and polarity in 32 aligned pixels become one word") {
  CHECK(encoded({{641, 32, 5, 1},
                 {641, 63, 5, 1},
                 {641, 64, 5, 1},    // the next 32 pixels
                 {641, 65, 6, 1},    // another row
                 {641, 66, 6, -1},   // another polarity
                 {642, 67, 6, -1},   // another time
                 {704, 68, 6, -1}})  // and other upper bits of it
        == Words{time_high(640), on(1, 32, 5, 0x8000'0001), on(1, 64, 5, 1), on(1, 64, 6, 2),
                 off(1, 64, 6, 4), off(2, 64, 6, 8), time_high(704), off(0, 64, 6, 16)});
  CHECK(encoded({}).empty());
}

TEST_CASE("evt21: all 32 pixels, and the last ones there are, fit a word") {
  std::vector<Event> events;
  for (int x = 2016; x < 2048; ++x) events.push_back({.t = 0, .x = x, .y = 2047, .polarity = 1});
  CHECK(encoded(events) == Words{time_high(0), on(0, 2016, 2047, 0xFFFF'FFFF)});
  check_comes_back(events);
}

TEST_CASE("evt21: OFF is one polarity, be it -1 or 0") {
  CHECK(encoded({{0, 1, 1, -1}, {0, 2, 1, 0}}) == Words{time_high(0), off(0, 0, 1, 6)});
}

TEST_CASE("evt21: the order of rows is kept where a word would change it") {
  const std::vector<Event> events = {{0, 5, 1, 1}, {0, 4, 1, 1}, {0, 6, 1, 1}, {0, 6, 1, 1}};
  CHECK(encoded(events) ==
        Words{time_high(0), on(0, 0, 1, 0x20), on(0, 0, 1, 0x50), on(0, 0, 1, 0x40)});
  check_comes_back(events);
}

TEST_CASE("evt21: the halves are exchanged where the header says legacy") {
  const std::vector<Event> events = {{641, 32, 5, 1}, {641, 63, 5, 1}};
  const std::vector<Row3> triggers = {{643, 1, 1}};
  std::vector<std::byte> bytes;
  make_encoder({.legacy = true})->encode(batch_of(events), triggers_of(triggers), bytes);
  CHECK(words_of<uint32_t>(bytes) ==
        std::vector<uint32_t>{0x8000'000A, 0, 0x1041'0005, 0x8000'0001, 0xA0C0'0101, 0});
  std::vector<std::byte> plain;
  format().make_encoder({}, {})->encode(batch_of(events), plain);
  CHECK(words_of<uint64_t>(plain) == encoded(events));
}

TEST_CASE("evt21: triggers are written by time, after events of the same time") {
  const std::vector<Event> events = {{10, 1, 1, 1}, {10, 2, 1, 1}, {20, 3, 1, 1}};
  const std::vector<Row3> triggers = {{5, 0, 1}, {10, 31, -1}, {15, 1, 1}, {500, 2, 1}};
  CHECK(encoded(events, triggers) == Words{time_high(0), trigger(5, 0, 1), on(10, 0, 1, 6),
                                           trigger(10, 31, 0), trigger(15, 1, 1), on(20, 0, 1, 8),
                                           time_high(448), trigger(52, 2, 1)});
  check_comes_back({}, triggers);
}

TEST_CASE("evt21: times come back after silences of any length and from any start") {
  for (const int64_t gap : {int64_t{1}, int64_t{64}, kLap / 4, kLap / 2, kLap - 1, kLap, kLap + 1,
                            (kLap << 10) + 12'345}) {
    CAPTURE(gap);
    for (const int64_t start : {int64_t{0}, kLap - 1, kLap, 65'536 * kLap}) {
      check_comes_back({{start, 1, 1, 1}, {start + gap, 2, 1, -1}}, {{start + 2 * gap, 3, 1}});
    }
  }
  CHECK(refusal_of({{65'537 * kLap, 1, 1, 1}}).find("origin=\"start\"") != std::string::npos);
}

TEST_CASE("evt21: a row that cannot be written is named with its value") {
  const Event good = {5, 1, 1, 1};
  const auto says = [&](const Event& bad, const std::string& value) {
    const std::string why = refusal_of({good, good, bad});
    CAPTURE(why);
    CHECK(why.find("row 2 of the events") != std::string::npos);
    CHECK(why.find(value) != std::string::npos);
  };
  says({5, -1, 1, 1}, "x is -1");
  says({5, 2048, 1, 1}, "x is 2048");
  says({5, 1, -7, 1}, "y is -7");
  says({5, 1, 2048, 1}, "y is 2048");
  says({5, 1, 1, 2}, "polarity is 2");
  says({-3, 1, 1, 1}, "t is -3");
  for (const int id : {-1, 32}) {
    const std::string why = refusal_of({good}, {{5, 0, 1}, {6, id, 1}});
    CHECK(why.find("row 1 of the triggers") != std::string::npos);
    CHECK(why.find("id is " + std::to_string(id)) != std::string::npos);
  }
}

TEST_CASE("evt21: the rows before a refused one are written, though its word was theirs too") {
  for (const int polarity : {-2, 2}) {
    const auto encoder = make_encoder();
    std::vector<std::byte> bytes;
    const std::string why =
        test::refusal_of(*encoder, {{0, 1, 1, 1}, {0, 2, 1, polarity}}, {}, &bytes);
    CHECK(why.find("row 1 ") != std::string::npos);
    CHECK(words_of<uint64_t>(bytes) == Words{time_high(0), on(0, 0, 1, 2)});
  }
}

TEST_CASE("evt21: any events come back, in one call or in many, and encode to the same words") {
  const std::vector<Event> events = any_events(10'000, 1, kLap - 20'000'000);
  REQUIRE(events.back().t < kLap);
  check_comes_back(events);
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < events.size(); i += 97) {
    const auto begin = events.begin() + static_cast<ptrdiff_t>(i);
    const auto end = begin + static_cast<ptrdiff_t>(std::min<size_t>(97, events.size() - i));
    encoder->encode(batch_of({begin, end}), bytes);
  }
  CHECK((PlainDecoder({}).read(words_of<uint64_t>(bytes)).events == events));
  CHECK((encoded(decode(encoded(events)).events) == encoded(events)));
}

}  // namespace
}  // namespace evarrow::test::evt21
