// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt3_decode.h"

namespace evarrow::test::evt3 {
namespace {

constexpr Reading kSensor = {.width = 1280, .height = 720};

// Every kind of word, faults among them.
const Words& assorted() {
  static const Words words = {vect_12(0x003),
                              on(1),
                              addr_y(4),
                              time_low(9),
                              word(0xB, 0),
                              time_high(8192),
                              on(3),
                              vect_8(0xFF1),
                              time_low(10),
                              addr_y(100),
                              on(5),
                              off(6),
                              vect_12(0x001),
                              time_low(11),
                              addr_y(0x800 | 719),
                              on(1279),
                              base_on(64),
                              vect_12(0x801),
                              vect_12(0),
                              vect_8(0xF80),
                              trigger(0, 1),
                              others(0x14),
                              continued_12(0x234),
                              continued_12(0x001),
                              continued_4(0),
                              time_low(12),
                              off(7),
                              trigger(15, 0),
                              others(0x16),
                              continued_12(7),
                              continued_12(0xFFF),
                              continued_4(0xF),
                              others(0x03),
                              continued_12(1),
                              continued_12(2),
                              continued_4(3),
                              continued_12(4),
                              continued_12(5),
                              continued_4(6),
                              others(0x18),
                              word(0xD, 77),
                              other_row(3),
                              on(8),
                              vect_12(0xFFF),
                              addr_y(5),
                              on(9),
                              word(0x9, 1),
                              time_high(12288),
                              on(10),
                              off(1300),
                              addr_y(720),
                              on(0),
                              vect_12(0x00F),
                              addr_y(6),
                              base_off(1270),
                              vect_12(0xFFF),
                              vect_12(0xFFF),
                              vect_8(0xFF),
                              on(11),
                              continued_12(3),
                              others(0x16),
                              continued_12(1),
                              on(12),
                              continued_12(2),
                              continued_4(0),
                              time_high(0),
                              time_low(1),
                              on(13)};
  return words;
}

TEST_CASE("evt3: the words of a small recording give its rows") {
  const Rows rows =
      decode({time_high(8192), time_low(10), addr_y(100), on(5), off(6), time_low(11), base_on(64),
              vect_12(0x801), vect_12(0), vect_8(0x80), trigger(3, 1), trigger(0, 0)},
             kSensor);
  CHECK(rows.events == std::vector<Event>{{8202, 5, 100, 1},
                                          {8202, 6, 100, -1},
                                          {8203, 64, 100, 1},
                                          {8203, 75, 100, 1},
                                          {8203, 95, 100, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{8203, 3, 1}, {8203, 0, -1}});
}

TEST_CASE("evt3: every kind of word is read as the specification says") {
  for (const Reading how :
       {kSensor, Reading{}, Reading{.width = 1280, .height = 720, .drop = false},
        Reading{.width = 640, .height = 100, .off = 0}}) {
    const Rows rows = decode(assorted(), how);
    CHECK(rows == PlainDecoder(how).read(assorted()));
    CHECK(rows.events.size() >= 5);
    CHECK(rows.count(FaultKind::kUnknownWord) == 2);
  }
}

TEST_CASE("evt3: an OFF event has polarity 0 where binary polarity is asked for") {
  const Words words = {time_high(0), addr_y(1), off(1), base_off(2), vect_8(1), trigger(1, 0)};
  const Rows rows = decode(words, {.off = 0});
  CHECK(rows.events == std::vector<Event>{{0, 1, 1, 0}, {0, 2, 1, 0}});
  CHECK(rows.triggers == std::vector<Row3>{{0, 1, 0}});
}

TEST_CASE("evt3: nothing before the first TIME_HIGH counts, nor an event before its first row") {
  const Rows rows = decode({on(1), addr_y(4), vect_12(0x7), trigger(1, 1), time_high(4096), on(2),
                            base_on(3), vect_8(0x3), trigger(2, 1), addr_y(5), on(9)});
  CHECK(rows.events == std::vector<Event>{{4096, 9, 5, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{4096, 2, 1}});
  CHECK(rows.count(FaultKind::kBeforeClock) == 1 + 3 + 1 + 1 + 2);
  CHECK(rows.offset(FaultKind::kBeforeClock) == 0);
}

TEST_CASE("evt3: before the first TIME_HIGH the state is that of a fresh decoder") {
  const auto decoder = make_decoder({});
  const DecoderState fresh = decoder->state();
  decode_with(*decoder, bytes_of({addr_y(4), base_on(3), time_low(5), others(0x14), on(1)}));
  CHECK(decoder->state() == fresh);
}

TEST_CASE("evt3: a changed TIME_HIGH resets the low bits, the same one keeps them") {
  const Rows rows = decode({time_high(4096), time_low(5), addr_y(1), on(1), time_high(4096), on(1),
                            time_high(8192), on(1), time_low(7), on(1)});
  CHECK(times_of(rows) == std::vector<int64_t>{4101, 4101, 8192, 8199});
}

TEST_CASE("evt3: the clock starts over after 2^24 us and time goes on") {
  const Rows rows = decode({time_high(0xFFF'000), time_low(0xFFF), addr_y(1), on(1), time_high(0),
                            on(1), time_high(0x800'000), on(1), time_high(0), on(1)});
  CHECK(times_of(rows) == std::vector<int64_t>{0xFFF'FFF, 0x1'000'000, 0x1'800'000, 0x2'000'000});
}

TEST_CASE("evt3: a TIME_HIGH that steps back by less than half its range sets the time back") {
  const Rows rows = decode({time_high(0x800'000), addr_y(1), on(1), time_high(0x001'000), on(1)});
  CHECK(times_of(rows) == std::vector<int64_t>{0x800'000, 0x001'000});
}

TEST_CASE("evt3: a TIME_LOW that steps back is taken as it is") {
  const Rows rows =
      decode({time_high(4096), time_low(811), time_low(800), addr_y(1), on(1), time_low(3), on(1)});
  CHECK(times_of(rows) == std::vector<int64_t>{4896, 4099});
}

TEST_CASE("evt3: vectors go on where the one before ended, whatever comes between") {
  const Rows rows = decode({time_high(0), addr_y(1), base_off(10), vect_12(1), vect_12(1),
                            vect_8(1), on(500), vect_12(1), addr_y(2), vect_8(1), vect_8(1)});
  CHECK(rows.events == std::vector<Event>{{0, 10, 1, -1},
                                          {0, 22, 1, -1},
                                          {0, 34, 1, -1},
                                          {0, 500, 1, 1},
                                          {0, 42, 1, -1},
                                          {0, 54, 2, -1},
                                          {0, 62, 2, -1}});
}

TEST_CASE("evt3: a vector without a base is dropped and counted") {
  const Rows rows = decode({time_high(0), addr_y(1), vect_12(0xFF0), base_on(0), vect_8(1)});
  CHECK(rows.events == std::vector<Event>{{0, 0, 1, 1}});
  CHECK(rows.count(FaultKind::kBeforeClock) == 8);
  CHECK(rows.offset(FaultKind::kBeforeClock) == 4);
}

TEST_CASE("evt3: what follows a row of another kind is no event until the next row of events") {
  const Rows rows = decode({time_high(0), addr_y(1), base_on(0), other_row(1), on(1),
                            vect_12(0xFFF), time_low(1), on(2), addr_y(2), on(3), vect_8(1)});
  CHECK(rows.events == std::vector<Event>{{1, 3, 2, 1}, {1, 12, 2, 1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt3: events outside the sensor are dropped or kept, and counted one by one") {
  const Words words = {time_high(0), addr_y(9),    on(19), on(20),    base_on(16), vect_12(0xFFF),
                       addr_y(10),   vect_12(0xF), off(0), addr_y(0), off(0)};
  const std::vector<Event> inside = {{0, 19, 9, 1}, {0, 16, 9, 1}, {0, 17, 9, 1},
                                     {0, 18, 9, 1}, {0, 19, 9, 1}, {0, 0, 0, -1}};
  const Rows dropped = decode(words, {.width = 20, .height = 10});
  CHECK(dropped.events == inside);
  const Rows kept = decode(words, {.width = 20, .height = 10, .drop = false});
  CHECK(kept.events.size() == 1 + 1 + 12 + 4 + 1 + 1);
  for (const Rows& rows : {dropped, kept}) {
    CHECK(rows.count(FaultKind::kOutOfSensor) == 1 + 8 + 4 + 1);
    CHECK(rows.offset(FaultKind::kOutOfSensor) == 6);
  }
}

TEST_CASE("evt3: a chain of vectors without an end never wraps round a column") {
  Words words = {time_high(0), addr_y(1), base_on(2047)};
  for (int i = 0; i < 400'000; ++i) words.push_back(vect_12(0xFFF));
  for (const Reading how : {Reading{}, Reading{.width = 640, .height = 480, .drop = false}}) {
    const Rows rows = decode(words, how);
    CHECK(rows.events.size() == 32'768 - 2047);
    CHECK(rows.events.back().x == INT16_MAX);
    CHECK(rows == PlainDecoder(how).read(words));
  }
}

TEST_CASE("evt3: only the whole payloads of the rate counters become rates") {
  const Rows rows =
      decode({continued_12(9),     time_high(0),        continued_12(9),  others(0x14),
              continued_12(0x234), continued_12(0x001), continued_4(0),   others(0x16),
              continued_12(0xFFF), continued_12(0xFFF), continued_4(0xF), continued_12(1),
              others(0x10),        continued_12(1),     continued_12(1),  continued_4(1),
              others(0x14),        continued_12(1),     time_low(1),      continued_12(1),
              continued_4(1)});
  CHECK(rows.rates == std::vector<Row3>{{0, 0x1234, 0}, {0, 0x3F'FFFF, 1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt3: a payload that is over leaves no trace in the state") {
  const Words before = {time_high(0), addr_y(1), on(1)};
  const Words payloads[] = {{others(0x14), continued_12(1), continued_12(1), continued_4(1)},
                            {others(0x18)},
                            {others(0x16), continued_12(1), on(1)}};
  const auto plain = make_decoder({});
  decode_with(*plain, bytes_of(before));
  for (const Words& payload : payloads) {
    Words words = before;
    words.insert(words.end(), payload.begin(), payload.end());
    const auto decoder = make_decoder({});
    decode_with(*decoder, bytes_of(words));
    CHECK(decoder->state() == plain->state());
    Summary summary;
    const auto summarizer = make_decoder({});
    summarizer->summarize(bytes_of(words), summary);
    CHECK(summarizer->state() == plain->state());
  }
}

TEST_CASE("evt3: however the input is cut, the rows are the same") {
  const Rows want = PlainDecoder(kSensor).read(assorted());
  for (size_t step = 1; step <= assorted().size() * 2; ++step) {
    CAPTURE(step);
    CHECK(decode(assorted(), kSensor, {.step = step}) == want);
  }
}

TEST_CASE("evt3: however small the batches are, the rows are the same") {
  const Rows want = PlainDecoder({}).read(assorted());
  for (size_t capacity = 1; capacity <= 40; ++capacity) {
    CAPTURE(capacity);
    CHECK(decode(assorted(), {}, {.capacity = capacity, .small_capacity = 1}) == want);
  }
}

TEST_CASE("evt3: an odd byte at the end is left, and no bytes give no rows") {
  std::vector<std::byte> bytes = bytes_of({time_high(0), addr_y(1), on(1)});
  bytes.push_back(std::byte{0x20});
  const auto decoder = make_decoder({});
  EventBatch events(16);
  CHECK(decoder->decode(bytes, {.events = &events}) == 6);
  CHECK(events.size() == 1);
  CHECK(decoder->offset() == 6);
  CHECK(decoder->decode({}, {.events = &events}) == 0);
  CHECK(decode({}) == Rows{});
}

TEST_CASE("evt3: the state taken at any word goes on in another decoder") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  for (size_t cut = 0; cut <= bytes.size(); cut += 2) {
    const auto first = make_decoder(kSensor);
    Rows rows = decode_with(*first, {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(cut)});
    const auto second = make_decoder(kSensor);
    second->set_state(first->state());
    const Rows rest =
        decode_with(*second, {bytes.begin() + static_cast<ptrdiff_t>(cut), bytes.end()});
    rows.events.insert(rows.events.end(), rest.events.begin(), rest.events.end());
    rows.triggers.insert(rows.triggers.end(), rest.triggers.begin(), rest.triggers.end());
    rows.rates.insert(rows.rates.end(), rest.rates.begin(), rest.rates.end());
    CAPTURE(cut);
    CHECK(rows.events == want.events);
    CHECK(rows.triggers == want.triggers);
    CHECK(rows.rates == want.rates);
  }
}

TEST_CASE("evt3: any bits in a state are survived") {
  const auto decoder = make_decoder({});
  decoder->set_state({.epoch = INT64_MIN / 2, .words = {~0ULL, ~0ULL, ~0ULL}});
  decode_with(*decoder, bytes_of(assorted()));
  CHECK(decoder->faults()[FaultKind::kUnknownWord].count == 2);
}

TEST_CASE("evt3: the epoch is added to every time") {
  const auto decoder = make_decoder({});
  DecoderState state = decoder->state();
  state.epoch = -4000;
  decoder->set_state(state);
  const Rows rows =
      decode_with(*decoder, bytes_of({time_high(4096), addr_y(1), on(1), trigger(0, 1)}));
  CHECK(rows.events == std::vector<Event>{{96, 1, 1, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{96, 0, 1}});
}

TEST_CASE("evt3: a summary counts what decoding gives and ends in the same state") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  for (const Reading how :
       {kSensor, Reading{}, Reading{.width = 20, .height = 100, .drop = false}}) {
    for (size_t cut = 0; cut <= bytes.size(); cut += 2) {
      const auto decoder = make_decoder(how);
      const Rows rows =
          decode_with(*decoder, {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(cut)});
      const auto counter = make_decoder(how);
      Summary summary;
      CHECK(counter->summarize(Bytes(bytes).first(cut), summary) == cut);
      CHECK(counter->state() == decoder->state());
      CHECK(counter->offset() == decoder->offset());
      CHECK(summary.events == rows.events.size());
      CHECK(summary.triggers == rows.triggers.size());
      const std::vector<int64_t> times = times_of(rows);
      if (times.empty()) continue;
      CHECK(summary.t_min == *std::ranges::min_element(times));
      CHECK(summary.t_max == *std::ranges::max_element(times));
    }
  }
}

TEST_CASE("evt3: streams that are not asked for change nothing in the others") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  const auto decoder = make_decoder(kSensor);
  Batch triggers(kTriggerFields, 100);
  CHECK(decoder->decode(bytes, {.triggers = &triggers}) == bytes.size());
  CHECK(triggers.size() == want.triggers.size());
  Rows rows;
  append_rows<int16_t, int8_t>(triggers, rows.triggers);
  CHECK(rows.triggers == want.triggers);
}

}  // namespace
}  // namespace evarrow::test::evt3
