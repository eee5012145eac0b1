// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives the same rows, faults and state as the plain decoder.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "formats/evt3_decode.h"
#include "formats/evt3_streams.h"

namespace evarrow::test::evt3 {
namespace {

const std::vector<Reading>& readings() {
  static const std::vector<Reading> all = {{},
                                           {.width = 1280, .height = 720},
                                           {.width = 1280, .height = 720, .drop = false},
                                           {.width = 1000, .height = 300, .off = 0},
                                           {.width = 70'000, .height = 40'000}};
  return all;
}

void check_all_levels(const Words& words) {
  const std::vector<std::byte> bytes = bytes_of(words);
  for (const Reading how : readings()) {
    const Rows want = PlainDecoder(how).read(words);
    std::optional<DecoderState> end;
    for (const char* level : kLevels) {
      CAPTURE(level);
      CAPTURE(how.width);
      CAPTURE(how.drop);
      const AtLevel at(level);
      const auto decoder = make_decoder(how);
      const Rows rows = decode_with(*decoder, bytes);
      // Not compared in the macro: a difference would print all rows.
      CHECK((rows == want));
      if (!end) end = decoder->state();
      CHECK(decoder->state() == *end);
    }
  }
}

// In pieces of `step` bytes.
Summary summary_of(const std::vector<std::byte>& bytes, Reading how, size_t step,
                   DecoderState& end) {
  const auto decoder = make_decoder(how);
  Summary summary;
  for (size_t at = 0; at < bytes.size(); at += step) {
    const Bytes piece = Bytes(bytes).subspan(at, std::min(step, bytes.size() - at));
    CHECK(decoder->summarize(piece, summary) == piece.size());
  }
  CHECK(decoder->offset() == bytes.size());
  end = decoder->state();
  return summary;
}

TEST_CASE("evt3: every instruction set reads random words the same") {
  check_all_levels(random_words(1'200'000, 1));
}

TEST_CASE("evt3: every instruction set reads what a camera sends the same") {
  check_all_levels(CameraWords({}, 2).make(300'000));
  check_all_levels(CameraWords({.oddities = 0}, 3).make(200'000));
}

TEST_CASE("evt3: every instruction set reads single events the same") {
  check_all_levels(CameraWords({.groups = 0, .vectors = 0, .oddities = 0}, 4).make(200'000));
}

TEST_CASE("evt3: every instruction set reads vectors the same") {
  check_all_levels(CameraWords({.singles = 1, .groups = 12, .vectors = 2}, 5).make(200'000));
}

TEST_CASE("evt3: every instruction set reads a recording of faults the same") {
  const Mix wide = {.vectors = 4, .oddities = 6, .x_end = 2048, .y_end = 2048};
  check_all_levels(CameraWords(wide, 6).make(200'000));
}

TEST_CASE("evt3: every instruction set summarizes what it would decode") {
  for (const Words& words :
       {random_words(200'000, 10), CameraWords({}, 11).make(100'000),
        CameraWords({.singles = 1, .groups = 9, .oddities = 2}, 12).make(100'000)}) {
    const std::vector<std::byte> bytes = bytes_of(words);
    for (const Reading how : readings()) {
      const auto decoder = make_decoder(how);
      const Rows rows = decode_with(*decoder, bytes);
      const auto [earliest, latest] = std::ranges::minmax(rows.events, {}, &Event::t);
      for (const char* level : kLevels) {
        const AtLevel at(level);
        for (const size_t step : {bytes.size(), size_t{9998}, size_t{34}}) {
          CAPTURE(level);
          CAPTURE(step);
          DecoderState end;
          const Summary summary = summary_of(bytes, how, step, end);
          CHECK(summary.events == rows.events.size());
          CHECK(summary.triggers == rows.triggers.size());
          CHECK(summary.t_min == earliest.t);
          CHECK(summary.t_max == latest.t);
          CHECK(end == decoder->state());
        }
      }
    }
  }
}

TEST_CASE("evt3: every instruction set reads any length of words, into any room, the same") {
  const Words all = CameraWords({}, 7).make(400);
  const Reading how = {.width = 1280, .height = 720};
  for (const char* level : kLevels) {
    const AtLevel at(level);
    for (size_t n = 0; n <= 100; ++n) {
      const Words words(all.begin(), all.begin() + static_cast<ptrdiff_t>(n));
      CAPTURE(level);
      CAPTURE(n);
      CHECK(decode(words, how) == PlainDecoder(how).read(words));
    }
    const Rows want = PlainDecoder(how).read(all);
    for (size_t capacity = 1; capacity <= 200; ++capacity) {
      CAPTURE(level);
      CAPTURE(capacity);
      CHECK((decode(all, how, {.capacity = capacity, .small_capacity = 1}) == want));
    }
    for (size_t step = 1; step <= 120; ++step) {
      CAPTURE(level);
      CAPTURE(step);
      CHECK((decode(all, how, {.step = step}) == want));
    }
  }
}

// What is rare, long enough for the kernels to meet it in the midst of their work.
std::vector<Words> rarities() {
  Words dense;
  Words dense_chain = {base_on(0)};
  Words empty_chain = {base_on(2047)};
  Words full_chain = {base_on(2047)};
  for (uint32_t i = 0; i < 40; ++i) {
    for (const uint16_t w : {base_on(32 * i), vect_12(0xFFF), vect_12(0xFFF), vect_8(0xFF)}) {
      dense.push_back(w);
    }
    for (const uint16_t w : {vect_12(0xFFF), vect_12(0xFFF), vect_8(0xFF)}) {
      dense_chain.push_back(w);
    }
  }
  for (int i = 0; i < 6000; ++i) {
    empty_chain.push_back(vect_12(0));
    full_chain.push_back(i % 5 == 0 ? vect_8(0xFF) : vect_12(0xFFF));
  }
  empty_chain.push_back(vect_12(1));
  return {dense,
          dense_chain,
          empty_chain,
          full_chain,
          {time_high(0x900'000), on(1), time_high(0x100'000), on(2), time_high(0), on(3)},
          {time_high(0x900'000), on(1), time_high(0x101'000), on(2), time_high(0), on(3)},
          {time_high(0), time_low(5), on(1), time_high(0), on(2), time_high(4096), on(3)},
          {other_row(1), on(1), vect_12(3), addr_y(0x800 | 3), on(2)},
          {others(0x14), continued_12(1), continued_12(2), continued_4(3), continued_4(4)}};
}

TEST_CASE("evt3: every instruction set reads what is rare the same, wherever it stands") {
  for (const Words& rarity : rarities()) {
    for (size_t before = 16; before < 34; ++before) {
      Words words = {time_high(0x400'000), time_low(7), addr_y(9), base_off(640)};
      words.insert(words.end(), before, on(77));
      words.insert(words.end(), rarity.begin(), rarity.end());
      words.insert(words.end(), 40, off(78));
      CAPTURE(before);
      check_all_levels(words);
    }
  }
}

TEST_CASE("evt3: no instruction set writes past the room there is, whatever the vectors") {
  const std::vector<Words> dense = rarities();
  Words words = {time_high(0), addr_y(9)};
  words.insert(words.end(), 40, on(77));
  words.insert(words.end(), dense[0].begin(), dense[0].end());
  words.insert(words.end(), dense[1].begin(), dense[1].end());
  words.insert(words.end(), 40, off(78));
  const Rows want = PlainDecoder({}).read(words);
  for (const char* level : kLevels) {
    const AtLevel at(level);
    for (size_t capacity = 90; capacity < 400; ++capacity) {
      CAPTURE(level);
      CAPTURE(capacity);
      CHECK((decode(words, {}, {.capacity = capacity}) == want));
    }
  }
}

TEST_CASE("evt3: every instruction set fills just the columns that are wanted") {
  const Words words = CameraWords({}, 8).make(20'000);
  const Reading how = {.width = 1280, .height = 720};
  for (const char* level : kLevels) {
    const AtLevel at(level);
    for (uint32_t columns = 0; columns < 16; ++columns) {
      Rows want = PlainDecoder(how).read(words);
      for (Event& event : want.events) {
        if ((columns >> kX & 1U) == 0) event.x = 0;
        if ((columns >> kY & 1U) == 0) event.y = 0;
        if ((columns >> kT & 1U) == 0) event.t = 0;
        if ((columns >> kPolarity & 1U) == 0) event.polarity = 0;
      }
      CAPTURE(level);
      CAPTURE(columns);
      CHECK((decode(words, how, {.columns = columns}) == want));
      CHECK((decode(words, how, {.capacity = 150, .columns = columns}) == want));
    }
  }
}

TEST_CASE("evt3: every instruction set goes on from a state taken at any word") {
  const Words words = CameraWords({}, 9).make(600);
  const std::vector<std::byte> bytes = bytes_of(words);
  const Rows want = PlainDecoder({}).read(words);
  for (const char* level : kLevels) {
    const AtLevel at(level);
    for (size_t cut = 0; cut <= bytes.size(); cut += 2) {
      const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
      const auto first = make_decoder({});
      Summary before;
      first->summarize(Bytes(bytes).first(cut), before);
      const auto second = make_decoder({});
      second->set_state(first->state());
      const Rows rest = decode_with(*second, {middle, bytes.end()});
      const auto skipped = want.events.begin() + static_cast<ptrdiff_t>(before.events);
      CAPTURE(level);
      CAPTURE(cut);
      CHECK((rest.events == std::vector<Event>(skipped, want.events.end())));
    }
  }
}

}  // namespace
}  // namespace evarrow::test::evt3
