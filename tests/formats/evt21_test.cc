// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/evt21_words.h"

namespace evarrow::test::evt21 {
namespace {

constexpr Reading kSensor = {.width = 1280, .height = 720};
constexpr Reading kDropping = {.width = 1280, .height = 720, .drop = true};
constexpr Reading kLegacy = {.width = 1280, .height = 720, .legacy = true};

// Something of everything.
const Words& assorted() {
  static const Words words = {on(1, 0, 1, 3),
                              trigger(2, 1, 1),
                              others(2, 0x14, 0xF000'0001),
                              word(0x5, 0, 0, 0),
                              time_high(640),
                              on(1, 32, 5, 0x8000'0001),
                              off(2, 0, 6, 0xFFFF'FFFF),
                              others(3, 0x14, 0xF000'04D2),
                              trigger(3, 1, 1),
                              others(4, 0x16, 0xFFFF'FFFF),
                              others(4, 0x16, 0x7000'0001),
                              others(4, 0x19, 0xF000'0001),
                              word(0xF, 0, 0, 7),
                              on(5, 1279, 719, 0x7),
                              off(5, 1280, 719, 0x5),
                              on(5, 3, 720, 0x9),
                              on(6, 2047, 2047, 0xFFFF'FFFF),
                              off(6, 7, 7, 0),
                              word(0xD, 0, 0, 1),
                              time_high(1LL << 33),
                              on(63, 96, 9, 0x0FF0'0FF0),
                              time_high(640),
                              off(0, 64, 1, 1),
                              time_high((1LL << 34) - 64),
                              trigger(63, 31, 0),
                              time_high(0),
                              on(1, 64, 2, 0x4000'0000)};
  return words;
}

TEST_CASE("evt21: every set bit of a word is an event to the right of its x") {
  const Rows rows = decode({time_high(640), on(1, 32, 5, 0x8000'0001), off(63, 3, 6, 0x6)});
  CHECK(rows.events ==
        std::vector<Event>{{641, 32, 5, 1}, {641, 63, 5, 1}, {703, 4, 6, -1}, {703, 5, 6, -1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("evt21: a word without a set bit gives no event") {
  CHECK(decode({time_high(0), on(0, 0, 0, 0)}).events.empty());
  CHECK(decode({on(0, 0, 0, 0)}).faults == FaultCounts{});
}

TEST_CASE("evt21: the plain decoder of these tests and the library's agree on every kind of word") {
  for (const Reading how : {Reading{}, kSensor, kDropping, Reading{.off = 0}, kLegacy}) {
    const Rows rows = decode(assorted(), how);
    CHECK(rows == PlainDecoder(how).read(assorted()));
    CHECK(rows.events.size() > 50);
    CHECK(rows.triggers.size() == 2);
    CHECK(rows.rates.size() == 2);
  }
}

TEST_CASE("evt21: in the legacy order the two halves of a word are exchanged") {
  // As bytes in a file: the half with type, time and place first, then the pixels.
  const std::vector<uint32_t> halves = {0x8000'000A, 0, 0x1041'0005, 0x8000'0001,
                                        0x0080'0006, 3, 0xA0C0'0101, 0};
  const Rows rows = decode_with(*make_decoder({.legacy = true}), test::bytes_of(halves));
  CHECK(rows.events ==
        std::vector<Event>{{641, 32, 5, 1}, {641, 63, 5, 1}, {642, 0, 6, -1}, {642, 1, 6, -1}});
  CHECK(rows.triggers == std::vector<Row3>{{643, 1, 1}});
}

TEST_CASE("evt21: an OFF event has polarity 0 where binary polarity is asked for") {
  const Rows rows = decode({time_high(0), off(0, 0, 2, 1), trigger(0, 1, 0)}, {.off = 0});
  CHECK(rows.events == std::vector<Event>{{0, 0, 2, 0}});
  CHECK(rows.triggers == std::vector<Row3>{{0, 1, 0}});
}

TEST_CASE("evt21: what comes before the first TIME_HIGH is dropped and counted, pixel by pixel") {
  const Rows rows = decode({on(1, 0, 4, 0x70), trigger(5, 1, 1), others(1, 0x14, 0xF000'0009),
                            time_high(448), on(3, 0, 6, 1)});
  CHECK(rows.events == std::vector<Event>{{451, 0, 6, 1}});
  CHECK(rows.triggers.empty());
  CHECK(rows.rates.empty());
  CHECK(rows.count(FaultKind::kBeforeClock) == 3 + 1);
  CHECK(rows.offset(FaultKind::kBeforeClock) == 0);
  const auto decoder = make_decoder();
  const DecoderState fresh = decoder->state();
  decode_with(*decoder, bytes_of({on(1, 0, 4, 1), trigger(5, 1, 1)}));
  CHECK(decoder->state() == fresh);
}

TEST_CASE("evt21: the clock starts over after 2^34 us and time goes on") {
  const int64_t lap = int64_t{1} << 34;
  const Rows rows = decode({time_high(lap - 64), on(63, 0, 1, 1), time_high(0), on(0, 0, 1, 1),
                            time_high(lap / 2), on(1, 0, 1, 1), time_high(64), on(2, 0, 1, 1)});
  // The last step is half the range or less: back, not around.
  CHECK(times_of(rows) == std::vector<int64_t>{lap - 1, lap, lap + lap / 2 + 1, lap + 66});
}

TEST_CASE("evt21: undefined words are skipped and counted, CONTINUED is just skipped") {
  Words words = {time_high(192), word(0xF, 0, 0, 1)};
  for (const uint64_t type : {0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x9, 0xB, 0xC, 0xD}) {
    words.push_back(word(type, 1, 1, 1));
  }
  words.push_back(on(1, 0, 3, 1));
  const Rows rows = decode(words);
  CHECK(rows.events == std::vector<Event>{{193, 0, 3, 1}});
  CHECK(rows.count(FaultKind::kUnknownWord) == 10);
  CHECK(rows.offset(FaultKind::kUnknownWord) == 16);
}

TEST_CASE("evt21: events outside the sensor are kept or dropped, and counted pixel by pixel") {
  const Words words = {time_high(0), on(0, 1248, 719, 0x8000'0000), on(1, 1249, 0, 0xC000'0000),
                       off(2, 1280, 5, 0xF), on(3, 0, 720, 0x3)};
  const Rows kept = decode(words, kSensor);
  CHECK(kept.events.size() == 1 + 2 + 4 + 2);
  const Rows dropped = decode(words, kDropping);
  CHECK(dropped.events == std::vector<Event>{{0, 1279, 719, 1}, {1, 1279, 0, 1}});
  for (const Rows& rows : {kept, dropped}) {
    CHECK(rows.count(FaultKind::kOutOfSensor) == 1 + 4 + 2);
    CHECK(rows.offset(FaultKind::kOutOfSensor) == 16);
  }
  CHECK(decode(words, {.drop = true}).events.size() == 9);
}

TEST_CASE("evt21: however the input is cut, the rows are the same") {
  for (const Reading how : {kSensor, kLegacy}) {
    const Rows want = PlainDecoder(how).read(assorted());
    for (size_t step = 1; step <= assorted().size() * 8; ++step) {
      CAPTURE(step);
      CHECK(decode(assorted(), how, {.step = step}) == want);
    }
  }
}

TEST_CASE("evt21: however small the batches are, the rows are the same") {
  Words words = camera_words(150, 20, 1);
  words.insert(words.end(), assorted().begin(), assorted().end());
  for (const Reading how : {kSensor, kDropping}) {
    const Rows want = PlainDecoder(how).read(words);
    for (size_t capacity = 1; capacity <= 130; ++capacity) {
      CAPTURE(capacity);
      CHECK(decode(words, how, {.capacity = capacity, .small_capacity = 1}) == want);
    }
  }
}

TEST_CASE("evt21: bytes of an unfinished word are left, and no bytes give no rows") {
  std::vector<std::byte> bytes = bytes_of({time_high(128), on(1, 0, 8, 1)});
  for (size_t left = 1; left < 8; ++left) {
    bytes.push_back(std::byte{0x10});
    const auto decoder = make_decoder();
    EventBatch events(16);
    CHECK(decoder->decode(bytes, {.events = &events}) == 16);
    CHECK(events.size() == 1);
    CHECK(decoder->offset() == 16);
    Summary summary;
    CHECK(make_decoder()->summarize(bytes, summary) == 16);
  }
  CHECK(decode({}) == Rows{});
}

TEST_CASE("evt21: the state taken at any word goes on in another decoder") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  const Rows want = decode(assorted(), kSensor);
  for (size_t cut = 0; cut <= bytes.size(); cut += 8) {
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

TEST_CASE("evt21: any bits in a state are survived") {
  const auto decoder = make_decoder();
  decoder->set_state({.epoch = INT64_MIN / 2, .words = {~0ULL, ~0ULL, ~0ULL}});
  decode_with(*decoder, bytes_of(assorted()));
  CHECK(decoder->faults()[FaultKind::kUnknownWord].count == 2);
}

TEST_CASE("evt21: the epoch is added to every time") {
  const auto decoder = make_decoder();
  DecoderState state = decoder->state();
  state.epoch = -6000;
  decoder->set_state(state);
  const Rows rows = decode_with(
      *decoder,
      bytes_of({time_high(6400), on(1, 0, 1, 1), trigger(2, 0, 1), others(3, 0x14, 0xF000'0004)}));
  CHECK(rows.events == std::vector<Event>{{401, 0, 1, 1}});
  CHECK(rows.triggers == std::vector<Row3>{{402, 0, 1}});
  CHECK(rows.rates == std::vector<Row3>{{403, 4, 0}});
}

TEST_CASE("evt21: a summary counts what decoding gives and ends in the same state") {
  for (const Reading how :
       {Reading{}, kSensor, kDropping, kLegacy, Reading{.width = 40, .height = 9, .drop = true}}) {
    const std::vector<std::byte> bytes = bytes_of(assorted(), how);
    for (size_t cut = 0; cut <= bytes.size(); cut += 8) {
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

TEST_CASE("evt21: words of another format do not fit, its own do, in their order") {
  const auto misfit = [](const Words& words, Reading how) {
    return format().misfit(bytes_of(words), header_of(how));
  };
  const Words words = camera_words(2000, 1000, 3);
  CHECK(misfit(words, {}) < 0.05);
  CHECK(misfit(words, {.legacy = true}) > 0.3);
  CHECK(misfit(random_words(2000, 3), {}) > 0.3);
  // Without an order, that in which they fit better.
  CHECK(format().misfit(bytes_of(words, kLegacy), {}) < 0.05);
  CHECK(misfit({}, {}) == 0);
}

}  // namespace
}  // namespace evarrow::test::evt21
