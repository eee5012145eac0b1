// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/dat_words.h"

namespace evarrow::test::dat {
namespace {

constexpr Reading kSensor = {.width = 640, .height = 480};
constexpr int64_t kLap = int64_t{1} << 32;
constexpr const char* kLayouts[] = {"cd1", "cd2", "trigger", "erc"};

// Something of everything, in any layout.
const Words& assorted() {
  static const Words words = {on(5, 10, 20),
                              off(7, 639, 479),
                              on(8, 640, 3),
                              off(6, 3, 480),
                              trigger(9, 31, 1),
                              rate(9, 12'345, 1),
                              on(kLap - 10, 16'383, 16'383),
                              off(kLap / 2, 1, 2),
                              on_1(3, 303, 239),
                              off_1(2, 511, 255),
                              word(1, 0xFFFF'FFFF),
                              off(kLap - 1, 0, 0),
                              on(0, 0, 0)};
  return words;
}

TEST_CASE("dat: an event of version 2 has 14 bits of x and y, and a polarity above them") {
  const Rows rows = decode({off(0, 0, 0), on(5, 1279, 719), off(5, 16'383, 0), on(6, 0, 16'383)});
  CHECK(
      rows.events ==
      std::vector<Event>{{0, 0, 0, -1}, {5, 1279, 719, 1}, {5, 16'383, 0, -1}, {6, 0, 16'383, 1}});
  CHECK(rows.triggers.empty());
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("dat: an event of version 1 has 9 bits of x, 8 of y and one of polarity") {
  const Rows rows =
      decode({on_1(7, 303, 239), off_1(9, 0, 128), on_1(9, 511, 255)}, {.layout = "cd1"});
  CHECK(rows.events == std::vector<Event>{{7, 303, 239, 1}, {9, 0, 128, -1}, {9, 511, 255, 1}});
}

TEST_CASE("dat: any bit of a polarity of four bits makes an event ON") {
  for (uint32_t bits = 0; bits < 16; ++bits) {
    CAPTURE(bits);
    const Rows rows = decode({word(1, bits << 28)});
    CHECK(rows.events == std::vector<Event>{{1, 0, 0, bits == 0 ? -1 : 1}});
    const Rows edges = decode({trigger(1, 2, bits)}, {.layout = "trigger"});
    CHECK(edges.triggers == std::vector<Row3>{{1, 2, bits == 0 ? -1 : 1}});
  }
}

TEST_CASE("dat: without a layout records are events of version 2") {
  CHECK(decode(assorted(), {.layout = ""}) == decode(assorted()));
}

TEST_CASE("dat: an OFF event has polarity 0 where binary polarity is asked for") {
  CHECK(decode({off(0, 1, 2), on(0, 1, 2)}, {.off = 0}).events ==
        std::vector<Event>{{0, 1, 2, 0}, {0, 1, 2, 1}});
  CHECK(decode({trigger(0, 1, 0)}, {.off = 0, .layout = "trigger"}).triggers ==
        std::vector<Row3>{{0, 1, 0}});
}

TEST_CASE("dat: a trigger has an input and an edge, and is no event") {
  const Rows rows =
      decode({trigger(10, 0, 1), trigger(20, 0, 0), trigger(kLap - 1, 63, 1), trigger(30, 6, 1)},
             {.layout = "trigger"});
  CHECK(rows.triggers ==
        std::vector<Row3>{{10, 0, 1}, {20, 0, -1}, {kLap - 1, 63, 1}, {kLap + 30, 6, 1}});
  CHECK(rows.events.empty());
  CHECK(rows.rates.empty());
}

TEST_CASE("dat: an event rate has a count and the side of the rate controller") {
  const Rows rows = decode({rate(10, 1234, 0), rate(10, 0x7FFF'FFFF, 1)}, {.layout = "erc"});
  CHECK(rows.rates == std::vector<Row3>{{10, 1234, 0}, {10, 0x7FFF'FFFF, 1}});
  CHECK(rows.events.empty());
}

TEST_CASE("dat: the clock starts over after 2^32 us and time goes on") {
  const Rows rows = decode(
      {on(kLap - 2, 1, 1), off(kLap - 1, 2, 2), on(3, 3, 3), on(kLap / 2 + 4, 1, 1), on(3, 1, 1)});
  CHECK(times_of(rows) ==
        std::vector<int64_t>{kLap - 2, kLap - 1, kLap + 3, kLap + kLap / 2 + 4, 2 * kLap + 3});
}

TEST_CASE("dat: a step back by half the range or less sets the time back") {
  const Rows rows = decode({on(64'000, 1, 1), off(63'999, 1, 1), on(kLap / 2, 1, 1), on(0, 1, 1),
                            on(kLap - 1, 1, 1), on(kLap / 2 - 1, 1, 1)});
  CHECK(times_of(rows) ==
        std::vector<int64_t>{64'000, 63'999, kLap / 2, 0, kLap - 1, kLap / 2 - 1});
}

TEST_CASE("dat: the clock is that of all records, dropped ones too") {
  const Reading how = {.width = 640, .height = 480, .drop = true};
  CHECK(times_of(decode({on(kLap - 1, 640, 0), on(3, 1, 1)}, how)) ==
        std::vector<int64_t>{kLap + 3});
}

TEST_CASE("dat: events outside the sensor are kept or dropped, and counted") {
  const Words words = {on(0, 639, 479), on(0, 640, 0), off(0, 0, 480), on(0, 0, 0)};
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

TEST_CASE("dat: however the input is cut, the rows are those of the plain decoder") {
  for (const char* layout : kLayouts) {
    const Reading how = {.width = 640, .height = 480, .layout = layout};
    const Rows want = PlainDecoder(how).read(assorted());
    CHECK(want.events.size() + want.triggers.size() + want.rates.size() == assorted().size());
    for (size_t step = 1; step <= assorted().size() * 8; ++step) {
      CAPTURE(layout);
      CAPTURE(step);
      CHECK(decode(assorted(), how, {.step = step}) == want);
    }
  }
}

TEST_CASE("dat: however small the batches are, the rows are the same") {
  const Words words = camera_words(150, 20, 1);
  for (const char* layout : kLayouts) {
    for (const bool drop : {false, true}) {
      const Reading how = {.width = 600, .height = 400, .drop = drop, .layout = layout};
      const Rows want = PlainDecoder(how).read(words);
      for (size_t capacity = 1; capacity <= 40; ++capacity) {
        CAPTURE(layout);
        CAPTURE(capacity);
        CHECK(decode(words, how, {.capacity = capacity, .small_capacity = 1}) == want);
      }
    }
  }
}

TEST_CASE("dat: bytes of an unfinished record are left, and no bytes give no rows") {
  for (const char* layout : kLayouts) {
    std::vector<std::byte> bytes = bytes_of(Words{on(128, 7, 8)});
    for (size_t left = 1; left < 8; ++left) {
      bytes.push_back(std::byte{0x10});
      const auto decoder = make_decoder({.layout = layout});
      EventBatch events(16);
      CHECK(decoder->decode(bytes, {.events = &events}) == 8);
      CHECK(decoder->offset() == 8);
      Summary summary;
      const auto counter = make_decoder({.layout = layout});
      CHECK(counter->summarize(bytes, summary) == 8);
    }
    CHECK(decode({}, {.layout = layout}) == Rows{});
  }
}

TEST_CASE("dat: columns that are left out change nothing in the others") {
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

TEST_CASE("dat: a stream that is not asked for is passed over") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  for (const char* layout : kLayouts) {
    const auto decoder = make_decoder({.layout = layout});
    CHECK(decoder->decode(bytes, {}) == bytes.size());
    CHECK(decoder->offset() == bytes.size());
  }
}

TEST_CASE("dat: the state taken at any record goes on in another decoder") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  for (const char* layout : kLayouts) {
    const Reading how = {.width = 640, .height = 480, .layout = layout};
    const Rows want = decode(assorted(), how);
    for (size_t cut = 0; cut <= bytes.size(); cut += 8) {
      const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
      const auto first = make_decoder(how);
      Rows rows = decode_with(*first, {bytes.begin(), middle});
      const auto second = make_decoder(how);
      second->set_state(first->state());
      const Rows rest = decode_with(*second, {middle, bytes.end()});
      rows.events.insert(rows.events.end(), rest.events.begin(), rest.events.end());
      rows.triggers.insert(rows.triggers.end(), rest.triggers.begin(), rest.triggers.end());
      rows.rates.insert(rows.rates.end(), rest.rates.begin(), rest.rates.end());
      CAPTURE(layout);
      CAPTURE(cut);
      CHECK(rows.events == want.events);
      CHECK(rows.triggers == want.triggers);
      CHECK(rows.rates == want.rates);
    }
  }
}

TEST_CASE("dat: a fresh decoder is in the right state after one record, but for the epoch") {
  const auto whole = make_decoder();
  decode_with(*whole, bytes_of(Words{on(kLap - 1, 1, 1), on(3, 1, 1), on(9, 1, 1)}));
  const auto late = make_decoder();
  decode_with(*late, bytes_of(Words{on(9, 1, 1)}));
  CHECK(whole->state().words == late->state().words);
  CHECK(whole->state().epoch == kLap);
  CHECK(late->state().epoch == 0);
}

TEST_CASE("dat: any bits in a state are survived") {
  for (const char* layout : kLayouts) {
    const auto decoder = make_decoder({.layout = layout});
    decoder->set_state({.epoch = INT64_MIN / 2, .words = {~0ULL, ~0ULL, ~0ULL}});
    decode_with(*decoder, bytes_of(assorted()));
    CHECK(decoder->state().words == make_decoder()->state().words);
  }
}

TEST_CASE("dat: the epoch is added to every time") {
  for (const char* layout : kLayouts) {
    const auto decoder = make_decoder({.layout = layout});
    decoder->set_state({.epoch = -6000, .words = decoder->state().words});
    const Rows rows = decode_with(*decoder, bytes_of(Words{on(6400, 1, 1)}));
    for (const Event& event : rows.events) CHECK(event.t == 400);
    for (const Row3& row : rows.triggers) CHECK(std::get<0>(row) == 400);
    for (const Row3& row : rows.rates) CHECK(std::get<0>(row) == 400);
    CHECK(rows.events.size() + rows.triggers.size() + rows.rates.size() == 1);
  }
}

TEST_CASE("dat: a summary counts what decoding gives and ends in the same state") {
  const std::vector<std::byte> bytes = bytes_of(assorted());
  for (const char* layout : kLayouts) {
    for (const Reading how : {Reading{.layout = layout},
                              Reading{.width = 9, .height = 9, .drop = true, .layout = layout}}) {
      for (size_t cut = 0; cut <= bytes.size(); cut += 8) {
        const std::vector<std::byte> part = {bytes.begin(),
                                             bytes.begin() + static_cast<ptrdiff_t>(cut)};
        const auto decoder = make_decoder(how);
        const Rows rows = decode_with(*decoder, part);
        const auto counter = make_decoder(how);
        CAPTURE(layout);
        CAPTURE(cut);
        CHECK(same(summarize_with(*counter, part, SIZE_MAX), summary_of(rows)));
        CHECK(counter->state() == decoder->state());
      }
    }
  }
}

TEST_CASE("dat: words of another format do not fit, its own records do") {
  const auto misfit = [](const Words& words, const char* layout = "cd2") {
    Header header;
    header.layout = layout;
    return format().misfit(bytes_of(words), header);
  };
  CHECK(misfit(camera_words(2000, 1000, 3)) < 0.05);
  CHECK(misfit(camera_words(2000, 1000, 3), "") < 0.05);
  CHECK(misfit(camera_words(2000, 1000, 3), "cd1") > 0.3);
  CHECK(misfit({on_1(1, 2, 3), off_1(2, 300, 200)}, "cd1") == 0);
  CHECK(misfit({trigger(1, 2, 1), trigger(2, 63, 0)}, "trigger") == 0);
  CHECK(misfit({rate(1, 2, 1), rate(2, 0x7FFF'FFFF, 0)}, "erc") == 0);
  CHECK(misfit(random_words(2000, 3)) > 0.3);
  CHECK(misfit(random_words(2000, 3), "trigger") > 0.3);
  CHECK(misfit({}) == 0);
}

}  // namespace
}  // namespace evarrow::test::dat
