// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt3_decode.h"
#include "support/encode.h"

namespace evarrow::test::evt3 {
namespace {

std::unique_ptr<Encoder> make_encoder(Reading how = {}) {
  return find_format("evt3")->make_encoder(header_of(how), {});
}

Words encoded(const std::vector<Event>& events, const std::vector<Row3>& triggers = {},
              Reading how = {}) {
  std::vector<std::byte> bytes;
  make_encoder(how)->encode(batch_of(events), triggers_of(triggers), bytes);
  return words_of<uint16_t>(bytes);
}

void check_comes_back(const std::vector<Event>& events, const std::vector<Row3>& triggers = {},
                      Reading how = {}) {
  const Rows rows = PlainDecoder(how).read(encoded(events, triggers, how));
  CHECK((rows.events == events));
  CHECK((rows.triggers == triggers));
  CHECK(rows.faults == FaultCounts{});
}

// Five events of one row, four pixels apart.
std::vector<Event> five_from(int x) {
  std::vector<Event> events;
  for (int i = 0; i < 5; ++i) events.push_back({.t = 7, .x = x + 4 * i, .y = 2, .polarity = 1});
  return events;
}

std::string refusal_of(const std::vector<Event>& events, const std::vector<Row3>& triggers = {},
                       Reading how = {}) {
  return test::refusal_of(*make_encoder(how), events, triggers);
}

TEST_CASE("evt3: the encoder writes a state word only where the state changes") {
  const std::vector<Event> events = {{4098, 3, 2, 1}, {4098, 4, 2, -1}, {4099, 4, 2, 0},
                                     {4099, 4, 5, 1}, {8192, 4, 5, 1},  {8192, 4, 5, 1}};
  CHECK(encoded(events) == Words{time_high(4096), time_low(2), addr_y(2), on(3), off(4),
                                 time_low(3), off(4), addr_y(5), on(4), time_high(8192),
                                 time_low(0), on(4), on(4)});
}

TEST_CASE("evt3: no rows give no words") { CHECK(encoded({}).empty()); }

TEST_CASE("evt3: five events within 32 pixels become a vector group, four do not") {
  std::vector<Event> events = five_from(100);
  CHECK(encoded(events) == Words{time_high(0), time_low(7), addr_y(2), base_on(100), vect_12(0x111),
                                 vect_12(0x011), vect_8(0)});
  events.pop_back();
  CHECK(encoded(events) ==
        Words{time_high(0), time_low(7), addr_y(2), on(100), on(104), on(108), on(112)});
}

TEST_CASE("evt3: OFF is one polarity, be it -1 or 0") {
  std::vector<Event> events = five_from(100);
  for (Event& event : events) event.polarity = -1;
  const Words words = encoded(events);
  events[1].polarity = events[3].polarity = 0;
  CHECK(encoded(events) == words);
}

TEST_CASE("evt3: a group 32 pixels on, of the same polarity, needs no base") {
  std::vector<Event> events = five_from(100);
  for (const Event& event : five_from(132)) events.push_back(event);
  const Words words = encoded(events);
  CHECK(words == Words{time_high(0), time_low(7), addr_y(2), base_on(100), vect_12(0x111),
                       vect_12(0x011), vect_8(0), vect_12(0x111), vect_12(0x011), vect_8(0)});
  for (size_t i = 5; i < 10; ++i) events[i].polarity = -1;
  CHECK(encoded(events)[7] == base_off(132));
  check_comes_back(events);
}

TEST_CASE("evt3: no vector group reaches past the sensor, or past 2048 pixels") {
  const Reading sensor = {.width = 200, .height = 100};
  CHECK(encoded(five_from(168), {}, sensor).size() == 3 + 4);
  CHECK(encoded(five_from(169), {}, sensor).size() == 3 + 5);
  CHECK(encoded(five_from(2016)).size() == 3 + 4);
  CHECK(encoded(five_from(2017)).size() == 3 + 5);
  check_comes_back(five_from(169), {}, sensor);
  check_comes_back(five_from(2017));
}

TEST_CASE("evt3: the order of rows is kept where a vector would change it") {
  std::vector<Event> events = five_from(100);
  std::swap(events[1], events[2]);
  check_comes_back(events);
  events = five_from(100);
  events.insert(events.begin() + 2, events[2]);
  check_comes_back(events);
}

TEST_CASE("evt3: triggers are written by time, after events of the same time") {
  const std::vector<Event> events = {{10, 1, 1, 1}, {20, 2, 1, 1}};
  const std::vector<Row3> triggers = {{5, 0, 1}, {10, 15, -1}, {15, 1, 1}, {5000, 2, 1}};
  CHECK(encoded(events, triggers) == Words{time_high(0), time_low(5), trigger(0, 1), time_low(10),
                                           addr_y(1), on(1), trigger(15, 0), time_low(15),
                                           trigger(1, 1), time_low(20), on(2), time_high(4096),
                                           time_low(904), trigger(2, 1)});
  check_comes_back(events, triggers);
  check_comes_back({}, triggers);
}

TEST_CASE("evt3: in silence a TIME_HIGH is written every 4096 us") {
  const Words words = encoded({{0, 1, 1, 1}, {3 * 4096 + 5, 1, 1, 1}});
  CHECK(words == Words{time_high(0), time_low(0), addr_y(1), on(1), time_high(4096),
                       time_high(8192), time_high(12288), time_low(5), on(1)});
}

TEST_CASE("evt3: times come back after silences of any length") {
  const int64_t lap = int64_t{1} << 24;
  for (const int64_t gap : {int64_t{1}, int64_t{4096}, lap / 2, lap - 1, lap, lap + 1, 3 * lap,
                            int64_t{1} << 33, (int64_t{1} << 36) + 12'345}) {
    CAPTURE(gap);
    for (const int64_t start : {int64_t{0}, int64_t{4095}, lap - 1}) {
      check_comes_back({{start, 1, 1, 1}, {start + gap, 2, 1, -1}}, {{start + 2 * gap, 3, 1}});
    }
  }
}

TEST_CASE("evt3: a start after laps of the clock is written with all of them") {
  const int64_t lap = int64_t{1} << 24;
  for (const int64_t start : {lap - 1, lap, lap + 1, lap + 4096, 5 * lap - 1, 65'536 * lap}) {
    CAPTURE(start);
    check_comes_back({{start, 1, 1, 1}, {start + 1, 2, 1, 1}});
  }
  const std::string why = refusal_of({{65'537 * lap, 1, 1, 1}});
  CHECK(why.find("origin=\"start\"") != std::string::npos);
  CHECK(why.find(std::to_string(65'537 * lap)) != std::string::npos);
}

TEST_CASE("evt3: times that step back come back, within the clock's half range and lap") {
  const int64_t lap = int64_t{1} << 24;
  check_comes_back({{lap + 9'000'000, 1, 1, 1},
                    {lap + 8'999'990, 1, 1, 1},
                    {lap + 8'000'000, 1, 1, -1},
                    {lap + 8'000'000, 2, 1, -1},
                    {lap + 1'000'000, 1, 1, 1},
                    {lap + 1'000'001, 1, 1, 1}});
  // Half the range back would be read as forward; so would the lap before.
  for (const std::string& why : {refusal_of({{0xFFF'000, 1, 1, 1}, {0x7FF'FFF, 1, 1, 1}}),
                                 refusal_of({{lap, 1, 1, 1}, {lap - 1, 1, 1, 1}})}) {
    CAPTURE(why);
    CHECK(why.find("sort the rows") != std::string::npos);
  }
}

TEST_CASE("evt3: a row that cannot be written is named with its value") {
  const Event good = {5, 1, 1, 1};
  const auto says = [&](const Event& bad, const std::string& value, Reading how = {}) {
    const std::string why = refusal_of({good, good, bad}, {}, how);
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
  says({5, 20, 1, 1}, "x is 20", {.width = 20, .height = 10});
  says({5, 1, 10, 1}, "y is 10", {.width = 20, .height = 10});
  for (const int id : {-1, 16}) {
    const std::string why = refusal_of({good}, {{5, 0, 1}, {6, id, 1}});
    CHECK(why.find("row 1 of the triggers") != std::string::npos);
    CHECK(why.find("id is " + std::to_string(id)) != std::string::npos);
  }
  CHECK(refusal_of({}, {{-1, 0, 1}}).find("t is -1") != std::string::npos);
}

TEST_CASE("evt3: rows are numbered from the first call, and nothing of a refused one is written") {
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  encoder->encode(batch_of({{5, 1, 1, 1}, {6, 1, 1, 1}}), bytes);
  const std::vector<std::byte> before = bytes;
  const std::string why = test::refusal_of(*encoder, {{9000, 1, -1, 1}}, {}, &bytes);
  CHECK(why.find("row 2 ") != std::string::npos);
  CHECK(bytes == before);
}

TEST_CASE("evt3: any events come back, in one call or in many") {
  // Below the next lap of the clock, which a step back could not cross.
  const std::vector<Event> events = any_events(10'000, 1, 20'000'000);
  REQUIRE(events.back().t < 2 << 24);
  const Reading sensor = {.width = 640, .height = 480};
  check_comes_back(events);
  check_comes_back(events, {}, sensor);
  const auto encoder = make_encoder(sensor);
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < events.size(); i += 97) {
    const auto begin = events.begin() + static_cast<ptrdiff_t>(i);
    const auto end = begin + static_cast<ptrdiff_t>(std::min<size_t>(97, events.size() - i));
    encoder->encode(batch_of({begin, end}), bytes);
  }
  CHECK((PlainDecoder(sensor).read(words_of<uint16_t>(bytes)).events == events));
}

TEST_CASE("evt3: vectors make dense rows smaller") {
  std::vector<Event> events;
  for (int x = 0; x < 640; ++x) events.push_back({.t = 1, .x = x, .y = 1, .polarity = 1});
  CHECK(encoded(events, {}, {.width = 640, .height = 480}).size() == 3 + 1 + 20 * 3);
}

}  // namespace
}  // namespace evarrow::test::evt3
