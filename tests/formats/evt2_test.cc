// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt2_words.h"

namespace evarrow::test::evt2 {
namespace {

constexpr Reading kSensor = {.width = 640, .height = 480};

// Something of everything.
const Words& assorted() {
  static const Words words = {on(1, 1, 1),          trigger(2, 1, 1), continued(5),
                              word(0x5, 0, 0),      time_high(6400),  on(5, 10, 20),
                              other(6, 0x14),       continued(1234),  off(7, 639, 479),
                              trigger(7, 3, 1),     other(8, 0x16),   on(8, 640, 3),
                              continued(0x3FFFF),   time_high(6400),  imu(9),
                              continued(1),         continued(2),     continued(3),
                              continued(4),         continued(5),     off(9, 3, 480),
                              word(0xB, 0, 9),      time_high(6464),  on(63, 2047, 2047),
                              other(1, 0x19),       time_high(6528),  continued(77),
                              trigger(0, 31, 0),    time_high(6400),  on(0, 0, 0),
                              time_high(1LL << 33), off(1, 2, 3),     time_high(0),
                              on(1, 2, 3)};
  return words;
}

TEST_CASE("evt2: an event has its upper time bits from the last TIME_HIGH") {
  const Rows rows = decode({time_high(128), on(2, 3, 4), off(63, 2047, 2047), time_high(192),
                            time_high(192), on(0, 5, 6)});
  CHECK(rows.events == std::vector<Event>{{130, 3, 4, 1}, {191, 2047, 2047, -1}, {192, 5, 6, 1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt2: the plain decoder of these tests and the library's agree on every kind of word") {
  for (const Reading how : {Reading{}, kSensor, Reading{.width = 640, .height = 480, .drop = true},
                            Reading{.off = 0}}) {
    const Rows rows = decode(assorted(), how);
    CHECK(rows == PlainDecoder(how).read(assorted()));
    CHECK(rows.events.size() >= 5);
    CHECK(rows.triggers.size() == 2);
    CHECK(rows.rates.size() == 2);
  }
}

TEST_CASE("evt2: an OFF event has polarity 0 where binary polarity is asked for") {
  const Rows rows = decode({time_high(0), off(0, 1, 2), on(0, 1, 2), trigger(0, 1, 0)}, {.off = 0});
  CHECK(rows.events == std::vector<Event>{{0, 1, 2, 0}, {0, 1, 2, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{0, 1, 0}});
}

TEST_CASE("evt2: what comes before the first TIME_HIGH is dropped and counted") {
  const Rows rows = decode({other(0, 0x14), on(1, 4, 4), trigger(5, 1, 1), continued(9),
                            time_high(448), continued(9), on(3, 5, 6)});
  CHECK(rows.events == std::vector<Event>{{451, 5, 6, 1}});
  CHECK(rows.triggers.empty());
  CHECK(rows.rates.empty());
  CHECK(rows.count(FaultKind::kBeforeClock) == 2);
  CHECK(rows.offset(FaultKind::kBeforeClock) == 4);
}

TEST_CASE("evt2: before the first TIME_HIGH the state is that of a fresh decoder") {
  const auto decoder = make_decoder();
  const DecoderState fresh = decoder->state();
  const std::vector<std::byte> bytes = bytes_of(Words{on(1, 4, 4), other(0, 0x14), imu(1)});
  decode_with(*decoder, bytes);
  CHECK(decoder->state() == fresh);
  Summary summary;
  decoder->summarize(bytes, summary);
  CHECK(decoder->state() == fresh);
}

TEST_CASE("evt2: a trigger has an input, an edge and a time") {
  const Rows rows = decode({time_high(640), trigger(7, 0, 1), trigger(8, 31, 0)});
  CHECK(rows.triggers == std::vector<Row3>{{647, 0, 1}, {648, 31, -1}});
  CHECK(rows.events.empty());
}

TEST_CASE("evt2: the clock starts over after 2^34 us and time goes on") {
  const int64_t lap = int64_t{1} << 34;
  const Rows rows = decode({time_high(lap - 64), on(63, 1, 1), time_high(0), on(0, 1, 1),
                            time_high(lap / 2 + 64), on(0, 1, 1), time_high(0), on(5, 1, 1)});
  CHECK(times_of(rows) == std::vector<int64_t>{lap - 1, lap, lap + lap / 2 + 64, 2 * lap + 5});
}

TEST_CASE("evt2: a TIME_HIGH that steps back by half its range or less sets the time back") {
  const int64_t half = int64_t{1} << 33;
  const Rows rows = decode({time_high(64'000), on(0, 1, 1), time_high(63'936), on(1, 2, 2),
                            time_high(half), on(0, 1, 1), time_high(0), on(2, 3, 3)});
  CHECK(times_of(rows) == std::vector<int64_t>{64'000, 63'937, half, 2});
}

TEST_CASE("evt2: undefined words are skipped and counted, IMU samples are just skipped") {
  const Words undefined = {0x2012'3456, 0x3012'3456, 0x4012'3456, 0x5012'3456, 0x6012'3456,
                           0x7012'3456, 0x9012'3456, 0xB012'3456, 0xC012'3456};
  Words words = {time_high(192), imu(0),       continued(1), continued(2),
                 continued(3),   continued(4), continued(5)};
  words.insert(words.end(), undefined.begin(), undefined.end());
  words.push_back(on(1, 2, 3));
  const Rows rows = decode(words);
  CHECK(rows.events == std::vector<Event>{{193, 2, 3, 1}});
  CHECK(rows.rates.empty());
  CHECK(rows.count(FaultKind::kUnknownWord) == undefined.size());
  CHECK(rows.offset(FaultKind::kUnknownWord) == 7 * 4);
}

TEST_CASE("evt2: a rate is the count behind an OTHER of the rate controller, at the OTHER's time") {
  const Rows rows = decode({time_high(6400), other(6, 0x14), continued(0x0FC0'04D2), other(7, 0x16),
                            on(9, 1, 1), continued(1000), continued(5), other(8, 0x19),
                            continued(6), other(9, 0x14), time_high(6464), continued(7),
                            other(1, 0x16), other(2, 0x14), trigger(0, 0, 0), continued(8)});
  CHECK(rows.rates == std::vector<Row3>{{6406, 1234, 0}, {6407, 1000, 1}});
}

TEST_CASE("evt2: events outside the sensor are kept or dropped, and counted") {
  const Words words = {time_high(0), on(0, 639, 479), on(0, 640, 0), off(0, 0, 480), on(0, 0, 0)};
  const Rows kept = decode(words, kSensor);
  CHECK(kept.events ==
        std::vector<Event>{{0, 639, 479, 1}, {0, 640, 0, 1}, {0, 0, 480, -1}, {0, 0, 0, 1}});
  const Rows dropped = decode(words, {.width = 640, .height = 480, .drop = true});
  CHECK(dropped.events == std::vector<Event>{{0, 639, 479, 1}, {0, 0, 0, 1}});
  for (const Rows& rows : {kept, dropped}) {
    CHECK(rows.count(FaultKind::kOutOfSensor) == 2);
    CHECK(rows.offset(FaultKind::kOutOfSensor) == 8);
  }
  CHECK(decode(words, {.drop = true}).events.size() == 4);
}

TEST_CASE("evt2: however the input is cut, the rows are the same") {
  const Rows want = PlainDecoder(kSensor).read(assorted());
  for (size_t step = 1; step <= assorted().size() * 4; ++step) {
    CAPTURE(step);
    CHECK(decode(assorted(), kSensor, {.step = step}) == want);
  }
}

TEST_CASE("evt2: however small the batches are, the rows are the same") {
  Words words = camera_words(150, 20, 1);
  words.insert(words.end(), assorted().begin(), assorted().end());
  for (const bool drop : {false, true}) {
    const Reading how = {.width = 600, .height = 400, .drop = drop};
    const Rows want = PlainDecoder(how).read(words);
    for (size_t capacity = 1; capacity <= 40; ++capacity) {
      CAPTURE(capacity);
      CHECK(decode(words, how, {.capacity = capacity, .small_capacity = 1}) == want);
    }
  }
}

TEST_CASE("evt2: bytes of an unfinished word are left, and no bytes give no rows") {
  std::vector<std::byte> bytes = bytes_of(Words{time_high(128), on(1, 7, 8)});
  for (size_t left = 1; left < 4; ++left) {
    bytes.push_back(std::byte{0x10});
    const auto decoder = make_decoder();
    EventBatch events(16);
    CHECK(decoder->decode(bytes, {.events = &events}) == 8);
    CHECK(events.size() == 1);
    CHECK(decoder->offset() == 8);
    Summary summary;
    const auto counter = make_decoder();
    CHECK(counter->summarize(bytes, summary) == 8);
  }
  CHECK(decode({}) == Rows{});
}

TEST_CASE("evt2: columns that are left out change nothing in the others") {
  const Words words = camera_words(500, 50, 2);
  const Rows want = PlainDecoder(kSensor).read(words);
  for (uint32_t columns = 0; columns < 16; ++columns) {
    Rows some = want;
    for (Event& event : some.events) {
      if ((columns >> kX & 1) == 0) event.x = 0;
      if ((columns >> kY & 1) == 0) event.y = 0;
      if ((columns >> kT & 1) == 0) event.t = 0;
      if ((columns >> kPolarity & 1) == 0) event.polarity = 0;
    }
    CAPTURE(columns);
    CHECK((decode(words, kSensor, {.capacity = 100, .columns = columns}) == some));
  }
}

TEST_CASE("evt2: streams that are not asked for change nothing in the others") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  Batch triggers(kTriggerFields, 100);
  Batch rates(kRateFields, 100);
  CHECK(make_decoder(kSensor)->decode(bytes, {.triggers = &triggers}) == bytes.size());
  CHECK(make_decoder(kSensor)->decode(bytes, {.rates = &rates}) == bytes.size());
  Rows rows;
  append_rows<int16_t, int8_t>(triggers, rows.triggers);
  append_rows<int32_t, int8_t>(rates, rows.rates);
  CHECK(rows.triggers == want.triggers);
  CHECK(rows.rates == want.rates);
}

TEST_CASE("evt2: the state taken at any word goes on in another decoder") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  for (size_t cut = 0; cut <= bytes.size(); cut += 4) {
    const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
    const auto first = make_decoder(kSensor);
    Rows rows = decode_with(*first, {bytes.begin(), middle});
    const auto second = make_decoder(kSensor);
    second->set_state(first->state());
    const Rows rest = decode_with(*second, {middle, bytes.end()});
    rows.events.insert(rows.events.end(), rest.events.begin(), rest.events.end());
    rows.triggers.insert(rows.triggers.end(), rest.triggers.begin(), rest.triggers.end());
    rows.rates.insert(rows.rates.end(), rest.rates.begin(), rest.rates.end());
    CAPTURE(cut);
    CHECK(rows.events == want.events);
    CHECK(rows.triggers == want.triggers);
    CHECK(rows.rates == want.rates);
  }
}

TEST_CASE("evt2: any bits in a state are survived") {
  const auto decoder = make_decoder();
  decoder->set_state({.epoch = INT64_MIN / 2, .words = {~0ULL, ~0ULL, ~0ULL}});
  decode_with(*decoder, bytes_of(assorted()));
  CHECK(decoder->faults()[FaultKind::kUnknownWord].count == 2);
}

TEST_CASE("evt2: the epoch is added to every time") {
  const auto decoder = make_decoder();
  DecoderState state = decoder->state();
  state.epoch = -6000;
  decoder->set_state(state);
  const Rows rows =
      decode_with(*decoder, bytes_of(Words{time_high(6400), on(1, 1, 1), trigger(2, 0, 1),
                                           other(3, 0x14), continued(4)}));
  CHECK(rows.events == std::vector<Event>{{401, 1, 1, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{402, 0, 1}});
  CHECK(rows.rates == std::vector<Row3>{{403, 4, 0}});
}

TEST_CASE("evt2: a summary counts what decoding gives and ends in the same state") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  for (const Reading how : {Reading{}, kSensor, Reading{.width = 9, .height = 9, .drop = true}}) {
    for (size_t cut = 0; cut <= bytes.size(); cut += 4) {
      const std::vector<std::byte> part = {bytes.begin(),
                                           bytes.begin() + static_cast<ptrdiff_t>(cut)};
      const auto decoder = make_decoder(how);
      const Rows rows = decode_with(*decoder, part);
      const auto counter = make_decoder(how);
      CAPTURE(cut);
      CHECK(same(summarize_with(*counter, part, SIZE_MAX), summary_of(rows)));
      CHECK(counter->state() == decoder->state());
    }
  }
}

TEST_CASE("evt2: words of another format do not fit, its own do") {
  const auto misfit = [](const Words& words) { return format().misfit(bytes_of(words), Header{}); };
  CHECK(misfit(camera_words(2000, 1000, 3)) < 0.05);
  CHECK(misfit(random_words(2000, 3)) > 0.3);
  CHECK(misfit({}) == 0);
}

}  // namespace
}  // namespace evarrow::test::evt2
