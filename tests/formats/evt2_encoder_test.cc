// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt2_words.h"
#include "support/encode.h"

namespace evarrow::test::evt2 {
namespace {

constexpr int64_t kLap = int64_t{1} << 34;

std::unique_ptr<Encoder> make_encoder() { return format().make_encoder({}, {}); }

// As the canonical form has it: without the bits that mean nothing.
uint32_t clean_trigger(uint32_t us, uint32_t id, uint32_t value) {
  return word(0xA, us, id << 8 | value);
}

Words encoded(const std::vector<Event>& events, const std::vector<Row3>& triggers = {}) {
  std::vector<std::byte> bytes;
  make_encoder()->encode(batch_of(events), triggers_of(triggers), bytes);
  return words_of<uint32_t>(bytes);
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

TEST_CASE("evt2: a TIME_HIGH is written first and where the upper bits of the time change") {
  CHECK(encoded({{130, 3, 4, 1}, {130, 2047, 2047, -1}, {191, 5, 6, 0}, {192, 5, 6, 1}}) ==
        Words{time_high(128), on(2, 3, 4), off(2, 2047, 2047), off(63, 5, 6), time_high(192),
              on(0, 5, 6)});
  CHECK(encoded({{0, 1, 1, 1}}) == Words{time_high(0), on(0, 1, 1)});
  CHECK(encoded({}).empty());
}

TEST_CASE("evt2: triggers are written by time, after events of the same time") {
  const std::vector<Event> events = {{10, 1, 1, 1}, {20, 2, 1, 1}};
  const std::vector<Row3> triggers = {{5, 0, 1}, {10, 31, -1}, {15, 1, 1}, {500, 2, 1}};
  CHECK(encoded(events, triggers) == Words{time_high(0), clean_trigger(5, 0, 1), on(10, 1, 1),
                                           clean_trigger(10, 31, 0), clean_trigger(15, 1, 1),
                                           on(20, 2, 1), time_high(448), clean_trigger(52, 2, 1)});
  check_comes_back(events, triggers);
  check_comes_back({}, triggers);
}

TEST_CASE("evt2: times come back after silences of any length") {
  for (const int64_t gap : {int64_t{1}, int64_t{64}, kLap / 4, kLap / 2 - 1, kLap / 2, kLap - 1,
                            kLap, kLap + 1, 3 * kLap, (kLap << 10) + 12'345}) {
    CAPTURE(gap);
    for (const int64_t start : {int64_t{0}, int64_t{63}, kLap - 1}) {
      check_comes_back({{start, 1, 1, 1}, {start + gap, 2, 1, -1}}, {{start + 2 * gap, 3, 1}});
    }
  }
}

TEST_CASE("evt2: a start after laps of the clock is written with all of them") {
  for (const int64_t start : {kLap - 1, kLap, kLap + 1, kLap + 64, 5 * kLap - 1, 65'536 * kLap}) {
    CAPTURE(start);
    check_comes_back({{start, 1, 1, 1}, {start + 1, 2, 1, 1}});
  }
  const std::string why = refusal_of({{5, 1, 1, 1}, {5, 1, 1, 1}, {INT64_MAX, 1, 1, 1}});
  CHECK(why.find("row 2 of the events") != std::string::npos);
  CHECK(why.find("origin=\"start\"") != std::string::npos);
  CHECK(refusal_of({{65'537 * kLap, 1, 1, 1}}).find(std::to_string(65'537 * kLap)) !=
        std::string::npos);
  CHECK(refusal_of({}, {{INT64_MAX, 1, 1}}).find("row 0 of the triggers") != std::string::npos);
}

TEST_CASE("evt2: times that step back come back, within the clock's half range and lap") {
  check_comes_back({{kLap + 9'000, 1, 1, 1},
                    {kLap + 8'990, 1, 1, 1},
                    {kLap + 1'000, 1, 1, -1},
                    {kLap + kLap / 2 + 900, 1, 1, 1},
                    {kLap + 1'001, 1, 1, 1}});
  // More than half the range back would be read as forward; so would the lap before.
  for (const std::string& why : {refusal_of({{kLap - 1, 1, 1, 1}, {kLap / 2 - 65, 1, 1, 1}}),
                                 refusal_of({{kLap, 1, 1, 1}, {kLap - 1, 1, 1, 1}})}) {
    CAPTURE(why);
    CHECK(why.find("row 1 of the events") != std::string::npos);
    CHECK(why.find("sort the rows") != std::string::npos);
  }
}

TEST_CASE("evt2: a row that cannot be written is named with its value") {
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
  says({5, 1, 1, -2}, "polarity is -2");
  says({-3, 1, 1, 1}, "t is -3");
  for (const int id : {-1, 32}) {
    const std::string why = refusal_of({good}, {{5, 0, 1}, {6, id, 1}});
    CHECK(why.find("row 1 of the triggers") != std::string::npos);
    CHECK(why.find("id is " + std::to_string(id)) != std::string::npos);
  }
  CHECK(refusal_of({}, {{-1, 0, 1}}).find("t is -1") != std::string::npos);
}

TEST_CASE("evt2: rows are numbered from the first call, and nothing of a refused one is written") {
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  encoder->encode(batch_of({{5, 1, 1, 1}, {6, 1, 1, 1}}), bytes);
  const std::vector<std::byte> before = bytes;
  const std::string why = test::refusal_of(*encoder, {{9000, 1, -1, 1}}, {}, &bytes);
  CHECK(why.find("row 2 ") != std::string::npos);
  CHECK(bytes == before);
}

TEST_CASE("evt2: any events come back, in one call or in many, and encode to the same words") {
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
  CHECK((words_of<uint32_t>(bytes) == encoded(events)));
  const Rows rows = decode(encoded(events));
  CHECK((encoded(rows.events) == encoded(events)));
}

}  // namespace
}  // namespace evarrow::test::evt2
