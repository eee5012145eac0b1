// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt4_words.h"

namespace evarrow::test::evt4 {
namespace {

constexpr Reading kSensor = {.width = 320, .height = 320};
constexpr int64_t kLap = int64_t{1} << 34;

// Something of everything, and words that are only right behind a vector.
const Words& assorted() {
  static const Words words = {on(1, 1, 1),
                              vector_on(2, 3, 4),
                              0x7,
                              time_high(640),
                              trigger(2, 1, 1),
                              continued(5),
                              word(0x5, 0, 0),
                              time_high(6400),
                              on(5, 10, 20),
                              other(6, 0x14),
                              continued(1234),
                              off(7, 319, 319),
                              vector_off(8, 8, 8),
                              time_high(9),
                              vector_on(9, 3, 3),
                              0,
                              vector_on(9, 300, 3),
                              ~0U,
                              vector_off(9, 3, 400),
                              0xD000'0001,
                              other(8, 0x16),
                              on(8, 320, 3),
                              continued(0x3FFFF),
                              kPadding,
                              other(9, 0x16),
                              continued(17),
                              word(0x8, 0, 9),
                              time_high(6464),
                              on(63, 2047, 2047),
                              trigger(0, 31, 0),
                              vector_on(1, 2047, 0),
                              0xFFFF'FFFF,
                              time_high(6400),
                              on(0, 0, 0),
                              time_high(kLap / 2),
                              on(1, 2, 3),
                              time_high(0),
                              on(1, 2, 3)};
  return words;
}

TEST_CASE("evt4: an event has its upper time bits from the last TIME_HIGH") {
  const Rows rows = decode({time_high(128), on(2, 3, 4), off(63, 2047, 2047), time_high(192),
                            time_high(192), on(0, 5, 6)});
  CHECK(rows.events == std::vector<Event>{{130, 3, 4, 1}, {191, 2047, 2047, -1}, {192, 5, 6, 1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt4: the word behind a vector is its pixels, whatever it looks like") {
  const Rows rows = decode({time_high(640), vector_on(1, 10, 5), 0x8000'0005, vector_off(2, 0, 6),
                            time_high(0) | 1, vector_on(3, 1, 7), vector_on(0, 0, 0), kPadding});
  std::vector<Event> want = {{641, 10, 5, 1},  {641, 12, 5, 1},  {641, 41, 5, 1},  {642, 0, 6, -1},
                             {642, 29, 6, -1}, {642, 30, 6, -1}, {642, 31, 6, -1}, {643, 29, 7, 1},
                             {643, 31, 7, 1},  {643, 32, 7, 1}};
  CHECK(rows.events == want);
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt4: the plain decoder of these tests and the library's agree on every kind of word") {
  for (const Reading how : {Reading{}, kSensor, Reading{.width = 320, .height = 320, .drop = true},
                            Reading{.off = 0}}) {
    const Rows rows = decode(assorted(), how);
    CHECK(rows == PlainDecoder(how).read(assorted()));
    CHECK(rows.events.size() >= 28);
    CHECK(rows.triggers.size() == 2);
    CHECK(rows.rates.size() == 2);
    CHECK(rows.count(FaultKind::kUnknownWord) == 2);
  }
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Words words = random_words(3000, seed);
    words.front() = time_high(seed * 1000);
    for (const bool drop : {false, true}) {
      const Reading how = {.width = 1000, .height = 800, .drop = drop};
      CHECK((decode(words, how) == PlainDecoder(how).read(words)));
    }
  }
}

TEST_CASE("evt4: what comes before the first TIME_HIGH is dropped and counted") {
  const Rows rows =
      decode({other(0, 0x14), on(1, 4, 4), vector_on(1, 4, 4), time_high(7) | 7, trigger(5, 1, 1),
              continued(9), time_high(448), continued(9), on(3, 5, 6)});
  CHECK(rows.events == std::vector<Event>{{451, 5, 6, 1}});
  CHECK(rows.triggers.empty());
  CHECK(rows.rates.empty());
  CHECK(rows.count(FaultKind::kBeforeClock) == 2 + 6);
  CHECK(rows.offset(FaultKind::kBeforeClock) == 4);
}

TEST_CASE("evt4: the clock starts over after 2^34 us and time goes on") {
  const Rows rows = decode({time_high(kLap - 64), on(63, 1, 1), time_high(0), on(0, 1, 1),
                            time_high(kLap / 2 + 64), on(0, 1, 1), time_high(0), on(5, 1, 1)});
  CHECK(times_of(rows) == std::vector<int64_t>{kLap - 1, kLap, kLap + kLap / 2 + 64, 2 * kLap + 5});
}

TEST_CASE("evt4: a rate is the count right behind an OTHER of the rate controller") {
  const Rows rows = decode({time_high(6400), other(6, 0x14), continued(0x0FC0'04D2), other(7, 0x16),
                            on(9, 1, 1), continued(1000), other(8, 0x19), continued(6),
                            other(9, 0x16), continued(7), continued(8)});
  CHECK(rows.rates == std::vector<Row3>{{6406, 1234, 0}, {6409, 7, 1}});
}

TEST_CASE("evt4: pixels outside the sensor are kept or dropped one by one, and counted") {
  const Words words = {time_high(0), vector_on(0, 300, 319), ~0U, vector_on(0, 0, 320), 3,
                       on(0, 320, 0)};
  const Rows kept = decode(words, kSensor);
  CHECK(kept.events.size() == 32 + 2 + 1);
  const Rows dropped = decode(words, {.width = 320, .height = 320, .drop = true});
  CHECK(dropped.events.size() == 20);
  for (const Rows& rows : {kept, dropped}) {
    CHECK(rows.count(FaultKind::kOutOfSensor) == 12 + 2 + 1);
    CHECK(rows.offset(FaultKind::kOutOfSensor) == 8);
  }
}

TEST_CASE(
    "evt4: however the input is cut and however small the batches are, the rows are the same") {
  const Rows want = PlainDecoder(kSensor).read(assorted());
  for (size_t step = 1; step <= assorted().size() * 4; ++step) {
    CAPTURE(step);
    CHECK(decode(assorted(), kSensor, {.step = step}) == want);
  }
  for (size_t capacity = 1; capacity <= 40; ++capacity) {
    CAPTURE(capacity);
    CHECK(decode(assorted(), kSensor, {.capacity = capacity, .small_capacity = 1}) == want);
  }
}

TEST_CASE("evt4: columns and streams that are left out change nothing in the others") {
  const Rows want = decode(assorted(), kSensor);
  Rows some = want;
  for (Event& event : some.events) event.x = event.polarity = 0;
  CHECK(decode(assorted(), kSensor, {.columns = 1U << kY | 1U << kT}) == some);
  const std::vector<std::byte> bytes = bytes_of(assorted());
  Batch triggers(kTriggerFields, 100);
  CHECK(make_decoder(kSensor)->decode(bytes, {.triggers = &triggers}) == bytes.size());
  Rows rows;
  append_rows<int16_t, int8_t>(triggers, rows.triggers);
  CHECK(rows.triggers == want.triggers);
}

TEST_CASE("evt4: the state taken at any word, also inside a vector, goes on in another decoder") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  for (size_t cut = 0; cut <= bytes.size(); cut += 4) {
    const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
    const auto first = make_decoder(kSensor);
    const auto counter = make_decoder(kSensor);
    Rows rows = decode_with(*first, {bytes.begin(), middle});
    summarize_with(*counter, {bytes.begin(), middle}, 8);
    CHECK(counter->state() == first->state());
    const auto second = make_decoder(kSensor);
    second->set_state(first->state());
    const Rows rest = decode_with(*second, {middle, bytes.end()});
    rows.events.insert(rows.events.end(), rest.events.begin(), rest.events.end());
    rows.rates.insert(rows.rates.end(), rest.rates.begin(), rest.rates.end());
    CAPTURE(cut);
    CHECK(rows.events == want.events);
    CHECK(rows.rates == want.rates);
  }
}

TEST_CASE("evt4: any bits in a state are survived") {
  const auto decoder = make_decoder();
  decoder->set_state({.epoch = INT64_MIN / 2, .words = {~0ULL, ~0ULL, ~0ULL}});
  const Rows rows = decode_with(*decoder, bytes_of(assorted()));
  CHECK(rows.events.size() >= 28);
}

TEST_CASE("evt4: the summary is that of the rows, however the input is cut") {
  Words words = random_words(5000, 3);
  words.front() = time_high(1000);
  const std::vector<std::byte> bytes = bytes_of(words);
  for (const bool drop : {false, true}) {
    const Reading how = {.width = 1000, .height = 800, .drop = drop};
    const Summary want = summary_of(PlainDecoder(how).read(words));
    for (const size_t step : {size_t{4}, size_t{64}, size_t{65'536}}) {
      CHECK(same(summarize_with(*make_decoder(how), bytes, step), want));
    }
  }
}

TEST_CASE("evt4: words of other formats do not fit, its own do") {
  Words own;
  for (uint32_t i = 0; i < 1000; ++i) {
    own.push_back(time_high(i * 64));
    own.push_back(vector_on(1, i % 320, 2));
    own.push_back(i + 1);
  }
  CHECK(format().misfit(bytes_of(own), {}) == 0);
  CHECK(format().misfit(bytes_of(random_words(3000, 1)), {}) > 0.05);
  CHECK(find_format("evt2")->misfit(bytes_of(own), {}) > 0.05);
}

}  // namespace
}  // namespace evarrow::test::evt4
