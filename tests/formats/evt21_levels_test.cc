// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives the same rows, faults, state and summary as the plain decoder.
#include <doctest/doctest.h>

#include <optional>

#include "formats/evt21_words.h"
#include "support/levels.h"

namespace evarrow::test::evt21 {
namespace {

constexpr Reading kReadings[] = {{},
                                 {.width = 1280, .height = 720},
                                 {.width = 1280, .height = 720, .drop = true},
                                 {.width = 650, .height = 300, .drop = true, .off = 0},
                                 {.width = 70'000, .height = 40'000},
                                 {.width = 1280, .height = 720, .legacy = true}};

// Not compared in the macros: a difference would print all rows.
void check_all_levels(const Words& words, Presented presented = {}) {
  for (const Reading how : kReadings) {
    const std::vector<std::byte> bytes = bytes_of(words, how);
    const Rows want = PlainDecoder(how).read(words);
    std::optional<DecoderState> end;
    for (const char* level : kLevels) {
      CAPTURE(level);
      CAPTURE(how.width);
      CAPTURE(how.drop);
      const AtLevel at(level);
      const auto decoder = make_decoder(how);
      CHECK((decode_with(*decoder, bytes, presented) == want));
      if (!end) end = decoder->state();
      CHECK(decoder->state() == *end);
      for (const size_t step : {size_t{8} * 77, SIZE_MAX}) {
        const auto counter = make_decoder(how);
        CHECK(same(summarize_with(*counter, bytes, step), summary_of(want)));
        CHECK(counter->state() == *end);
      }
    }
  }
}

TEST_CASE("evt21: every instruction set reads random words the same") {
  Words words = random_words(30'000, 1);
  words.insert(words.begin(), time_high(0));
  check_all_levels(words);
}

TEST_CASE("evt21: every instruction set reads the words of a camera the same") {
  check_all_levels(camera_words(30'000, 1'000'000, 2));
  check_all_levels(camera_words(30'000, 30, 3), {.step = 999, .capacity = 777});
}

TEST_CASE("evt21: every instruction set reads every pixel, alone, in pairs and with all others") {
  Words words = {time_high(640)};
  for (uint32_t i = 0; i < 32; ++i) {
    for (uint32_t j = 0; j <= i; ++j) {
      const uint32_t pixels = 1U << i | 1U << j;
      words.push_back(on(i, 96, 7, pixels));
      words.push_back(off(j, 640, 8, ~pixels));
    }
  }
  check_all_levels(words);
}

TEST_CASE("evt21: every instruction set reads any length of words, into any room") {
  Words words = camera_words(60, 20, 5);
  for (size_t i = 20; i < 30; ++i) words[i] = on(7, 32, 7, 0xFFFF'FFFF);
  for (size_t n = 0; n <= words.size(); ++n) {
    const Words part = {words.begin(), words.begin() + static_cast<ptrdiff_t>(n)};
    for (const size_t capacity : {size_t{1}, 20 + n, 90 + n, 130 + n}) {
      CAPTURE(n);
      CAPTURE(capacity);
      check_all_levels(part, {.capacity = capacity, .small_capacity = 1});
    }
  }
}

TEST_CASE("evt21: every instruction set fills just the columns that are wanted") {
  const Words words = camera_words(1000, 100, 6);
  for (uint32_t columns = 0; columns < 16; ++columns) {
    Rows want = PlainDecoder({}).read(words);
    for (Event& event : want.events) {
      if ((columns >> kX & 1) == 0) event.x = 0;
      if ((columns >> kY & 1) == 0) event.y = 0;
      if ((columns >> kT & 1) == 0) event.t = 0;
      if ((columns >> kPolarity & 1) == 0) event.polarity = 0;
    }
    for (const char* level : kLevels) {
      const AtLevel at(level);
      CAPTURE(level);
      CAPTURE(columns);
      CHECK((decode(words, {}, {.capacity = 500, .columns = columns}) == want));
    }
  }
}

}  // namespace
}  // namespace evarrow::test::evt21
