// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/dat_words.h"
#include "support/encode.h"

namespace evarrow::test::dat {
namespace {

constexpr int64_t kLap = int64_t{1} << 32;

std::unique_ptr<Encoder> make_encoder(const char* layout = "") {
  Header header;
  header.layout = layout;
  return format().make_encoder(header, {});
}

Words encoded(const std::vector<Event>& events) {
  std::vector<std::byte> bytes;
  make_encoder()->encode(batch_of(events), bytes);
  return words_of<uint64_t>(bytes);
}

void check_comes_back(const std::vector<Event>& events) {
  const Rows rows = PlainDecoder({}).read(encoded(events));
  CHECK((rows.events == events));
  CHECK(rows.faults == FaultCounts{});
}

std::string refusal_of(const std::vector<Event>& events) {
  return test::refusal_of(*make_encoder(), events);
}

TEST_CASE("dat: an event is written as one record of version 2") {
  const std::vector<Event> events = {
      {0, 0, 0, -1}, {5, 1279, 719, 1}, {5, 16'383, 16'383, 0}, {kLap - 1, 1, 2, 1}};
  const Words want = {off(0, 0, 0), on(5, 1279, 719), off(5, 16'383, 16'383), on(kLap - 1, 1, 2)};
  CHECK(encoded(events) == want);
  CHECK(encoded({}).empty());
  // Whatever the layout of the recording it comes from.
  for (const char* layout : {"cd1", "cd2", "erc", "legacy"}) {
    std::vector<std::byte> bytes;
    make_encoder(layout)->encode(batch_of(events), bytes);
    CHECK(words_of<uint64_t>(bytes) == want);
  }
}

TEST_CASE("dat: a file of triggers is written from triggers alone") {
  const auto encoder = make_encoder("trigger");
  CHECK(encoder->takes("triggers"));
  const std::vector<Row3> triggers = {{10, 0, 1}, {20, 0, -1}, {20, 1, 0}, {30, 63, 1}};
  std::vector<std::byte> bytes;
  encoder->encode(batch_of({}), triggers_of(triggers), bytes);
  CHECK(words_of<uint64_t>(bytes) ==
        Words{trigger(10, 0, 1), trigger(20, 0, 0), trigger(20, 1, 0), trigger(30, 63, 1)});
  const std::string why = test::refusal_of(*encoder, {{40, 1, 1, 1}});
  CHECK(why.find("row 0 of the events") != std::string::npos);
  CHECK(why.find("DAT file of triggers") != std::string::npos);
  const std::string id = test::refusal_of(*make_encoder("trigger"), {}, {{1, 64, 1}});
  CHECK(id.find("id is 64") != std::string::npos);
}

TEST_CASE("dat: a file of events holds no triggers") {
  const auto encoder = make_encoder();
  CHECK_FALSE(encoder->takes("triggers"));
  const std::string why = test::refusal_of(*encoder, {{1, 1, 1, 1}}, {{2, 0, 1}});
  CHECK(why.find("row 0 of the triggers") != std::string::npos);
  CHECK(why.find("DAT file of events") != std::string::npos);
}

TEST_CASE("dat: times come back past the restart of the clock, after steps below half its range") {
  for (const int64_t gap : {int64_t{1}, int64_t{20'000}, kLap / 2 - 1}) {
    CAPTURE(gap);
    std::vector<Event> events = {{kLap - 1, 1, 1, 1}};
    for (int i = 0; i < 9; ++i) events.push_back({events.back().t + gap, 2, 1, -1});
    check_comes_back(events);
  }
  check_comes_back({{0, 1, 1, 1}, {kLap - 1, 2, 1, 1}});
}

TEST_CASE("dat: times that step back come back, within the clock's half range and lap") {
  check_comes_back({{9'000, 1, 1, 1}, {8'990, 1, 1, 1}, {1'000, 1, 1, -1}});
  check_comes_back({{kLap - 1, 1, 1, 1}, {kLap / 2 - 1, 1, 1, 1}});
  check_comes_back({{kLap - 9, 1, 1, 1}, {kLap + 9, 1, 1, 1}, {kLap, 1, 1, 1}});
}

TEST_CASE("dat: a time that the clock cannot be brought to is refused, with where the clock is") {
  const auto says = [](const std::vector<Event>& events, const std::string& clock) {
    const std::string why = refusal_of(events);
    CAPTURE(why);
    CHECK(why.find("row " + std::to_string(events.size() - 1) + " of the events") !=
          std::string::npos);
    CHECK(why.find("t is " + std::to_string(events.back().t) + " us") != std::string::npos);
    CHECK(why.find("it is at " + clock + " us") != std::string::npos);
    CHECK(why.find("origin=\"start\"") != std::string::npos);
  };
  says({{kLap, 1, 1, 1}}, "0");
  says({{INT64_MAX, 1, 1, 1}}, "0");
  says({{5, 1, 1, 1}, {kLap + 5, 1, 1, 1}}, "5");
  says({{kLap / 2, 1, 1, 1}, {kLap, 1, 1, 1}}, "2147483648");
  says({{kLap - 1, 1, 1, 1}, {kLap / 2 - 2, 1, 1, 1}}, "4294967295");
  says({{kLap - 1, 1, 1, 1}, {kLap, 1, 1, 1}, {kLap - 1, 1, 1, 1}}, "4294967296");
}

TEST_CASE("dat: a row that cannot be written is named with its value") {
  const Event good = {5, 1, 1, 1};
  const auto says = [&](const Event& bad, const std::string& value) {
    const std::string why = refusal_of({good, good, bad});
    CAPTURE(why);
    CHECK(why.find("row 2 of the events") != std::string::npos);
    CHECK(why.find(value) != std::string::npos);
  };
  says({5, -1, 1, 1}, "x is -1");
  says({5, 16'384, 1, 1}, "x is 16384");
  says({5, 1, -7, 1}, "y is -7");
  says({5, 1, 16'384, 1}, "y is 16384");
  says({5, 1, 1, 2}, "polarity is 2");
  says({5, 1, 1, -2}, "polarity is -2");
  says({-3, 1, 1, 1}, "t is -3");
}

TEST_CASE("dat: rows are numbered from the first call, and nothing of a refused one is written") {
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  encoder->encode(batch_of({{5, 1, 1, 1}, {6, 1, 1, 1}}), bytes);
  const std::vector<std::byte> before = bytes;
  const std::string why = test::refusal_of(*encoder, {{9000, 1, -1, 1}}, {}, &bytes);
  CHECK(why.find("row 2 ") != std::string::npos);
  CHECK(bytes == before);
}

TEST_CASE("dat: any events come back, in one call or in many, and encode to the same records") {
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
  CHECK((words_of<uint64_t>(bytes) == encoded(events)));
  CHECK((encoded(decode(encoded(events)).events) == encoded(events)));
}

}  // namespace
}  // namespace evarrow::test::dat
