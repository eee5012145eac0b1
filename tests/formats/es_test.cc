// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/es_records.h"

namespace evarrow::test::es {
namespace {

const std::string kTypes[] = {"dvs", "atis", "color", "generic", "display"};

// Something of everything, for the types with geometry: events, bytes alone, pixels outside.
Stream assorted(const std::string& type) {
  const auto event = [&](int step, int x, int y, bool on) {
    return type == "dvs"    ? dvs(step, x, y, on)
           : type == "atis" ? atis(step % 63, x, y, on)
                            : color(step, x, y);
  };
  return joined({event(0, 1, 2, true),
                 {0xFF},
                 event(126, 319, 239, false),
                 {0xFE, 0xFC + 2, 0xFE, 0xFE, 0xFE},
                 event(5, 0xFFFF, 0xFFFE, true),
                 event(1, 320, 5, true),
                 atis(7, 5, 5, true, true),
                 type == "color" ? Stream{1, 2, 3} : Stream{},
                 event(2, 5, 240, false),
                 event(0, 40'000, 1, false),
                 event(0, 1, 32'768, true),
                 event(0, 32'767, 32'767, true),
                 {0xFF, 0xFF, 0xFF},
                 event(9, 0xFEFE, 0xFFFF, false),
                 event(3, 7, 8, true),
                 {0xFF}});
}

TEST_CASE("es: a DVS event moves the clock by 0 to 126 us, and y is stored from the bottom") {
  const Rows rows =
      decode(joined({dvs(0, 0, 239, true), dvs(126, 319, 0, false), dvs(1, 256, 100, true)}));
  CHECK(rows.events == std::vector<Event>{{0, 0, 0, 1}, {126, 319, 239, -1}, {127, 256, 139, 1}});
  CHECK(rows.faults == FaultCounts{});
}

TEST_CASE("es: bytes alone move the clock or do nothing") {
  CHECK(times_of(decode(joined(
            {{0xFF}, dvs(0, 1, 1, true), {0xFE, 0xFE, 0xFF, 0xFF}, dvs(3, 1, 1, true), {0xFF}}))) ==
        std::vector<int64_t>{127, 384});
  CHECK(times_of(decode(joined({{0xFF, 0xFE, 0xFD, 0xFC}, atis(62, 1, 1, true)}),
                        {.type = "atis"})) == std::vector<int64_t>{189 + 126 + 63 + 62});
  CHECK(times_of(decode(joined({{0xFF, 0xFE}, color(253, 1, 1)}), {.type = "color"})) ==
        std::vector<int64_t>{254 + 253});
}

TEST_CASE("es: inside an event every byte is data") {
  const Reading how = {.width = 32'767, .height = 32'767};
  CHECK(decode(joined({dvs(1, 0x7EFF, 0x7EFE, true), dvs(1, 1, 1, false)}), how).events ==
        std::vector<Event>{{1, 0x7EFF, 32'766 - 0x7EFE, 1}, {2, 1, 32'765, -1}});
}

TEST_CASE("es: threshold crossings of the ATIS are rows of their own") {
  const Rows rows = decode(joined({atis(1, 1, 2, true), atis(2, 3, 4, false, true),
                                   atis(3, 3, 4, true, true), atis(4, 9, 9, false)}),
                           {.type = "atis"});
  CHECK(rows.events == std::vector<Event>{{1, 1, 237, 1}, {10, 9, 230, -1}});
  CHECK(rows.exposures == std::vector<Cells>{{3, 235, 3, 0}, {3, 235, 6, 1}});
}

TEST_CASE("es: events with colours are all ON, and have rows with their colours") {
  const Rows rows = decode(joined({color(5, 1, 2), color(1, 3, 4)}), {.type = "color", .off = 0});
  CHECK(rows.events == std::vector<Event>{{5, 1, 237, 1}, {6, 3, 235, 1}});
  CHECK(rows.colors ==
        std::vector<Cells>{{1, 237, 5, 0xFF, 0xFE, 0xFC}, {3, 235, 6, 0xFF, 0xFE, 0xFC}});
}

TEST_CASE("es: a colour is written with its event or not at all") {
  const auto decoder = make_decoder({.type = "color"});
  const auto bytes = bytes_of(joined({color(5, 1, 2), color(1, 3, 4)}));
  Batch one(kColorFields, 1);
  EventBatch events(2);
  CHECK(decoder->decode(bytes, {.events = &events, .colors = &one}) == 8);
  CHECK(events.size() == 1);
  one.resize(0);
  EventBatch none(0);
  CHECK(decoder->decode(Bytes(bytes).subspan(8), {.events = &none, .colors = &one}) == 0);
  CHECK(one.size() == 0);
}

TEST_CASE("es: a display's commands have no rows") {
  CHECK(decode(random_stream(1000, 1), {.type = "display"}, {.step = 7}) == Rows{});
}

TEST_CASE("es: byte strings are rows that say where they are") {
  const Stream stream = joined({message(2, 3), {0xFF, 0xFE}, message(0, 0), message(253, 200)});
  const Rows rows = decode(stream, {.type = "generic"});
  CHECK(rows.events.empty());
  CHECK(rows.messages == std::vector<Cells>{{2, 2, 3}, {256, 9, 0}, {509, 12, 200}});
}

TEST_CASE("es: a byte string of any length is survived") {
  for (const size_t longs : {1U, 8U, 9U, 10U, 40U}) {
    Stream stream = message(1, 1);
    append(stream, {5});
    stream.insert(stream.end(), longs, 0xFF);
    append(stream, {0xFE});
    append(stream, message(1, 20));
    const auto decoder = make_decoder({.type = "generic"});
    const Rows rows = decode_with(*decoder, bytes_of(stream), {.step = 3});
    CHECK(rows.messages == std::vector<Cells>{{1, 2, 1}});
    CHECK(decoder->unfinished() == stream.size() - 3);
  }
}

TEST_CASE("es: an OFF event has polarity 0 where binary polarity is asked for") {
  CHECK(decode(dvs(0, 1, 239, false), {.off = 0}).events == std::vector<Event>{{0, 1, 0, 0}});
}

TEST_CASE("es: the plain decoder of these tests and the library's agree on every kind of record") {
  for (const std::string& type : kTypes) {
    for (const Reading& how : {Reading{.type = type}, Reading{.type = type, .drop = true},
                               Reading{.type = type, .width = 0, .height = 0},
                               Reading{.type = type, .width = 32'767, .height = 32'767}}) {
      CAPTURE(type);
      CHECK(decode(assorted(type), how) == PlainDecoder(how).read(assorted(type)));
      const Stream random = random_stream(20'000, 2);
      CHECK((decode(random, how) == PlainDecoder(how).read(random)));
    }
  }
}

TEST_CASE("es: events outside the sensor are kept where they fit a column, and counted") {
  const Stream stream = joined({dvs(0, 320, 5, true),
                                {0xFE},
                                dvs(0, 5, 240, true),
                                dvs(0, 5, 32'767, true),
                                dvs(0, 32'768, 5, true),
                                dvs(0, 5, 32'768, true),
                                dvs(0, 65'535, 65'535, true)});
  const Rows rows = decode(stream);
  CHECK(rows.events ==
        std::vector<Event>{{0, 320, 234, 1}, {0, 5, -1, 1}, {0, 5, 239 - 32'767, 1}});
  CHECK(rows.count(FaultKind::kOutOfSensor) == 6);
  CHECK(rows.offset(FaultKind::kOutOfSensor) == 0);
  const Rows none = decode(stream, {.drop = true});
  CHECK(none.events.empty());
  CHECK(none.count(FaultKind::kOutOfSensor) == 6);
}

TEST_CASE("es: however the input is cut, the rows are the same") {
  for (const std::string& type : kTypes) {
    const Reading how = {.type = type};
    Stream stream = type == "generic" ? messages() : assorted(type);
    append(stream, random_stream(300, 3));
    const Rows want = PlainDecoder(how).read(stream);
    for (size_t step = 1; step <= 40; ++step) {
      CAPTURE(type);
      CAPTURE(step);
      CHECK(decode(stream, how, {.step = step}) == want);
      CHECK(decode(stream, how, {.step = 11, .capacity = step}) == want);
      CHECK(decode(stream, how, {.capacity = step}) == want);
      CHECK(decode(stream, how, {.step = step, .small_capacity = 1}) == want);
    }
  }
}

TEST_CASE("es: bytes of an unfinished event are read and wait for the rest") {
  const auto decoder = make_decoder();
  const auto bytes = bytes_of(joined({{0xFF}, dvs(1, 2, 3, true)}));
  EventBatch events(4);
  CHECK(decoder->unfinished() == 0);
  CHECK(decoder->decode(Bytes(bytes).first(4), {.events = &events}) == 4);
  CHECK(decoder->unfinished() == 3);
  CHECK(events.size() == 0);
  CHECK(decoder->decode({}, {.events = &events}) == 0);
  CHECK(decoder->decode(Bytes(bytes).subspan(4), {.events = &events}) == 2);
  CHECK(decoder->unfinished() == 0);
  CHECK(events.size() == 1);
  CHECK(events.t()[0] == 128);
}

TEST_CASE("es: without room, bytes that give no row are read all the same") {
  for (const bool drop : {false, true}) {
    const auto decoder = make_decoder({.drop = drop});
    EventBatch full(0);
    const auto bytes = bytes_of(joined({{0xFF, 0xFE}, dvs(1, 400, 400, true), {0xFF}}));
    CHECK(decoder->decode(bytes, {.events = &full}) == (drop ? 8 : 2));
    CHECK(decoder->faults()[FaultKind::kOutOfSensor].count == (drop ? 1 : 0));
    CHECK(decoder->state().epoch == (drop ? 255 : 127));
  }
}

TEST_CASE("es: columns that are left out change nothing in the others") {
  const Rows want = decode(assorted("dvs"));
  for (uint32_t columns = 0; columns < 16; ++columns) {
    Rows some = want;
    for (Event& event : some.events) {
      if ((columns >> kX & 1) == 0) event.x = 0;
      if ((columns >> kY & 1) == 0) event.y = 0;
      if ((columns >> kT & 1) == 0) event.t = 0;
      if ((columns >> kPolarity & 1) == 0) event.polarity = 0;
    }
    CHECK(decode(assorted("dvs"), {}, {.step = 8, .columns = columns}) == some);
  }
  const auto bytes = bytes_of(assorted("dvs"));
  CHECK(make_decoder()->decode(bytes, {}) == bytes.size());
}

TEST_CASE("es: the state taken at any byte goes on in another decoder") {
  for (const std::string& type : kTypes) {
    const Reading how = {.type = type};
    const Stream stream = type == "generic" ? messages() : assorted(type);
    const auto bytes = bytes_of(stream);
    const Rows want = decode(stream, how);
    for (size_t cut = 0; cut <= bytes.size(); ++cut) {
      const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
      const auto first = make_decoder(how);
      Rows rows = decode_with(*first, {bytes.begin(), middle});
      const auto second = make_decoder(how);
      DecoderState state = first->state();
      state.epoch -= 1'000;
      second->set_state(state);
      CHECK(second->state() == state);
      const Rows rest = decode_with(*second, {middle, bytes.end()});
      for (Event event : rest.events) {
        event.t += 1'000;
        rows.events.push_back(event);
      }
      for (Cells row : rest.messages) {
        rows.messages.push_back({row[0] + 1'000, row[1] + static_cast<int64_t>(cut), row[2]});
      }
      CAPTURE(type);
      CAPTURE(cut);
      CHECK(rows.events == want.events);
      CHECK(rows.messages == want.messages);
    }
  }
}

TEST_CASE("es: any bits in a state are survived") {
  for (const std::string& type : kTypes) {
    const auto decoder = make_decoder({.type = type});
    for (const uint64_t bits : {~uint64_t{0}, uint64_t{7}, uint64_t{0x1234'5678'9ABC'DEF0}}) {
      decoder->set_state({.epoch = INT64_MIN / 2, .words = {bits, bits, bits}});
      CHECK((decoder->unfinished() < 8 || type == "generic"));
      Summary summary;
      const auto bytes = bytes_of(assorted(type));
      CHECK(decoder->summarize(bytes, summary) == bytes.size());
    }
  }
}

TEST_CASE("es: a summary counts what decoding gives and ends in the same state") {
  for (const std::string& type : kTypes) {
    for (const bool drop : {false, true}) {
      const Reading how = {.type = type, .drop = drop};
      Stream stream = assorted(type);
      append(stream, random_stream(100, 4));
      const auto bytes = bytes_of(stream);
      for (size_t cut = 0; cut <= bytes.size(); ++cut) {
        const std::vector<std::byte> part = {bytes.begin(),
                                             bytes.begin() + static_cast<ptrdiff_t>(cut)};
        const auto decoder = make_decoder(how);
        const Rows rows = decode_with(*decoder, part);
        for (const size_t step : {size_t{3}, SIZE_MAX}) {
          const auto counter = make_decoder(how);
          CAPTURE(cut);
          CHECK(same(summarize_with(*counter, part, step), summary_of(rows)));
          CHECK(counter->state() == decoder->state());
          CHECK(counter->faults()[FaultKind::kOutOfSensor].count == 0);
        }
      }
    }
  }
}

}  // namespace
}  // namespace evarrow::test::es
