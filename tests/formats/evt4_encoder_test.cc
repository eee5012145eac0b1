// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt4_words.h"
#include "support/encode.h"

namespace evarrow::test::evt4 {
namespace {

constexpr int64_t kLap = int64_t{1} << 34;

std::unique_ptr<Encoder> make_encoder() { return format().make_encoder({}, {}); }

// In calls of `step` events each.
Words encoded(const std::vector<Event>& events, const std::vector<Row3>& triggers = {},
              size_t step = SIZE_MAX) {
  std::vector<std::byte> bytes;
  const auto encoder = make_encoder();
  if (events.size() <= step) {
    encoder->encode(batch_of(events), triggers_of(triggers), bytes);
  } else {
    for (size_t i = 0; i < events.size(); i += step) {
      const auto begin = events.begin() + static_cast<ptrdiff_t>(i);
      const auto end = begin + static_cast<ptrdiff_t>(std::min(step, events.size() - i));
      encoder->encode(batch_of({begin, end}), bytes);
    }
  }
  encoder->finish(bytes);
  return words_of<uint32_t>(bytes);
}

TEST_CASE("evt4: a TIME_HIGH is written first and where the upper bits of the time change") {
  CHECK(encoded({{130, 3, 4, 1}, {130, 2047, 2047, -1}, {191, 5, 6, 0}, {192, 5, 6, 1}}) ==
        Words{time_high(128), on(2, 3, 4), off(2, 2047, 2047), off(63, 5, 6), time_high(192),
              on(0, 5, 6)});
  CHECK(encoded({}).empty());
}

TEST_CASE("evt4: three events and more of one row, rising, are a vector") {
  CHECK(encoded({{1, 10, 5, 1}, {1, 12, 5, 1}, {1, 41, 5, 1}, {1, 42, 5, 1}, {1, 43, 5, 1}}) ==
        Words{time_high(0), vector_on(1, 10, 5), 0x8000'0005, on(1, 42, 5), on(1, 43, 5)});
  CHECK(encoded({{1, 10, 5, -1},
                 {1, 11, 5, -1},
                 {1, 11, 5, -1},
                 {1, 12, 5, 1},
                 {1, 13, 6, 1},
                 {2, 14, 6, 1}}) == Words{time_high(0), off(1, 10, 5), off(1, 11, 5), off(1, 11, 5),
                                          on(1, 12, 5), on(1, 13, 6), on(2, 14, 6)});
}

TEST_CASE("evt4: triggers are written by time, after events of the same time") {
  const std::vector<Event> events = {{10, 1, 1, 1}, {10, 2, 1, 1}, {10, 3, 1, 1}, {20, 2, 1, 1}};
  const std::vector<Row3> triggers = {{5, 0, 1}, {10, 31, -1}, {500, 2, 1}};
  CHECK(encoded(events, triggers) == Words{time_high(0), trigger(5, 0, 1), vector_on(10, 1, 1), 7,
                                           trigger(10, 31, 0), on(20, 2, 1), time_high(448),
                                           trigger(52, 2, 1)});
}

TEST_CASE("evt4: times come back after silences of any length, and after laps of the clock") {
  for (const int64_t gap : {int64_t{1}, kLap / 2 - 1, kLap / 2, kLap, 3 * kLap}) {
    for (const int64_t start : {int64_t{0}, kLap - 1, 5 * kLap}) {
      const std::vector<Event> events = {{start, 1, 1, 1}, {start + gap, 2, 1, -1}};
      CHECK((PlainDecoder({}).read(encoded(events)).events == events));
    }
  }
}

TEST_CASE("evt4: a row that cannot be written is named with its value") {
  const Event good = {5, 1, 1, 1};
  const auto says = [&](const Event& bad, const std::string& value) {
    const std::string why = refusal_of(*make_encoder(), {good, good, bad});
    CAPTURE(why);
    CHECK(why.find("row 2 of the events") != std::string::npos);
    CHECK(why.find(value) != std::string::npos);
  };
  says({5, 2048, 1, 1}, "x is 2048");
  says({5, 1, -7, 1}, "y is -7");
  says({5, 1, 1, 2}, "polarity is 2");
  says({-3, 1, 1, 1}, "t is -3");
  CHECK(refusal_of(*make_encoder(), {good}, {{6, 32, 1}}).find("id is 32") != std::string::npos);
}

TEST_CASE("evt4: any events come back, in one call or in many, and encode to the same words") {
  const std::vector<Event> events = any_events(10'000, 1, kLap - 20'000'000);
  const Words words = encoded(events);
  CHECK((PlainDecoder({}).read(words).events == events));
  CHECK((decode(words).events == events));
  CHECK((PlainDecoder({}).read(encoded(events, {}, 97)).events == events));
  CHECK(words.size() < events.size());
}

}  // namespace
}  // namespace evarrow::test::evt4
