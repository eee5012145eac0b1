// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>

#include "evarrow/error.h"
#include "formats/evt3_decode.h"

namespace evarrow::test::evt3 {
namespace {

EventBatch batch_of(const std::vector<Event>& rows) {
  EventBatch batch(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    batch.t()[i] = rows[i].t;
    batch.x()[i] = static_cast<int16_t>(rows[i].x);
    batch.y()[i] = static_cast<int16_t>(rows[i].y);
    batch.polarity()[i] = static_cast<int8_t>(rows[i].polarity);
  }
  batch.resize(rows.size());
  return batch;
}

Batch triggers_of(const std::vector<Row3>& rows) {
  Batch batch(kTriggerFields, rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [t, id, polarity] = rows[i];
    batch.column<int64_t>(kTriggerT)[i] = t;
    batch.column<int16_t>(kTriggerId)[i] = static_cast<int16_t>(id);
    batch.column<int8_t>(kTriggerPolarity)[i] = static_cast<int8_t>(polarity);
  }
  batch.resize(rows.size());
  return batch;
}

std::unique_ptr<Encoder> make_encoder(Reading how = {}) {
  return find_format("evt3")->make_encoder(header_of(how));
}

Words words_of(const std::vector<std::byte>& bytes) {
  Words words(bytes.size() / 2);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

Words encoded(const std::vector<Event>& events, const std::vector<Row3>& triggers = {},
              Reading how = {}) {
  std::vector<std::byte> bytes;
  make_encoder(how)->encode(batch_of(events), triggers_of(triggers), bytes);
  return words_of(bytes);
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
  try {
    encoded(events, triggers, how);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kArgument);
    return error.what();
  }
  return "written";
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
  std::string why;
  try {
    encoder->encode(batch_of({{9000, 1, -1, 1}}), bytes);
  } catch (const Error& error) {
    why = error.what();
  }
  CHECK(why.find("row 2 ") != std::string::npos);
  CHECK(bytes == before);
}

// Several events a time, dense rows and scattered pixels, times that go back a little.
std::vector<Event> any_events(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t end) { return static_cast<int>(random() % end); };
  std::vector<Event> events;
  int64_t t = 20'000'000;
  while (events.size() < n) {
    t += below(6) == 0 ? below(9000) : below(30);
    if (below(50) == 0) t -= std::min(below(3000), below(3000));
    const int y = below(480);
    const int polarity = below(2) == 0 ? -1 : 1;
    if (below(3) == 0) {
      for (int x = below(640); x < 640 && below(20) != 0; x += 1 + below(4)) {
        events.push_back({.t = t, .x = x, .y = y, .polarity = polarity});
      }
    } else {
      events.push_back({.t = t, .x = below(640), .y = y, .polarity = polarity});
    }
  }
  return events;
}

TEST_CASE("evt3: any events come back, in one call or in many") {
  // Below the next lap of the clock, which a step back could not cross.
  const std::vector<Event> events = any_events(10'000, 1);
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
  CHECK((PlainDecoder(sensor).read(words_of(bytes)).events == events));
}

TEST_CASE("evt3: vectors make dense rows smaller") {
  std::vector<Event> events;
  for (int x = 0; x < 640; ++x) events.push_back({.t = 1, .x = x, .y = 1, .polarity = 1});
  CHECK(encoded(events, {}, {.width = 640, .height = 480}).size() == 3 + 1 + 20 * 3);
}

}  // namespace
}  // namespace evarrow::test::evt3
