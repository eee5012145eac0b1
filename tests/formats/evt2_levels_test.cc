// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives the same rows, faults, state and summary as the plain decoder.
#include <doctest/doctest.h>

#include <optional>

#include "formats/evt2_words.h"
#include "support/levels.h"

namespace evarrow::test::evt2 {
namespace {

constexpr Reading kReadings[] = {{},
                                 {.width = 640, .height = 480},
                                 {.width = 640, .height = 480, .drop = true},
                                 {.width = 600, .height = 300, .off = 0},
                                 {.width = 70'000, .height = 40'000}};

// Not compared in the macros: a difference would print all rows.
void check_all_levels(const Words& words, Presented presented = {}) {
  const std::vector<std::byte> bytes = bytes_of(words);
  for (const Reading how : kReadings) {
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
      for (const size_t step : {size_t{4}, size_t{4} * 77, SIZE_MAX}) {
        const auto counter = make_decoder(how);
        CHECK(same(summarize_with(*counter, bytes, step), summary_of(want)));
        CHECK(counter->state() == *end);
      }
    }
  }
}

TEST_CASE("evt2: every instruction set reads random words the same") {
  Words words = random_words(100'000, 1);
  words.insert(words.begin(), time_high(0));
  check_all_levels(words);
}

TEST_CASE("evt2: every instruction set reads the words of a camera the same") {
  check_all_levels(camera_words(100'000, 1'000'000, 2));
  check_all_levels(camera_words(100'000, 300, 3));
  check_all_levels(camera_words(30'000, 20, 4), {.step = 999, .capacity = 777});
}

// What is rare, and what the loops take several at a time must give up for.
std::vector<Words> rarities() {
  const int64_t lap = int64_t{1} << 34;
  return {{time_high(lap - 64), on(1, 1, 1), time_high(0), on(1, 1, 1)},
          {time_high(lap / 2), on(1, 1, 1), time_high(0), on(1, 1, 1)},
          {time_high(lap / 2 + 64), on(1, 1, 1), time_high(0), on(1, 1, 1)},
          {time_high(1LL << 31), on(1, 1, 1), time_high(1LL << 32), on(63, 1, 1)},
          {time_high((1LL << 31) - 64), on(63, 1, 1), time_high(64), on(1, 1, 1)},
          {time_high(6400), time_high(6400), time_high(6336), time_high(6464)},
          {other(1, 0x14), on(2, 2, 2), continued(3), continued(4)},
          {other(1, 0x14), time_high(6400), continued(3)},
          {other(1, 0x16)},
          {trigger(3, 1, 1)},
          {on(3, 640, 1)},
          {off(3, 1, 480)},
          {imu(1), continued(1), word(0x7, 0, 0)}};
}

TEST_CASE("evt2: every instruction set reads what is rare the same, wherever it stands") {
  for (const Words& rarity : rarities()) {
    for (size_t before = 30; before < 48; ++before) {
      Words words = {time_high(6400)};
      for (uint32_t i = 0; i < before; ++i) words.push_back(on(i, i, 7));
      words.insert(words.end(), rarity.begin(), rarity.end());
      for (uint32_t i = 0; i < 100; ++i) words.push_back(off(i, i, 8));
      words.push_back(continued(9));
      CAPTURE(before);
      check_all_levels(words);
      words[words.size() - 20] = time_high(7000);  // no OTHER counts past it
      check_all_levels(words);
    }
  }
}

TEST_CASE("evt2: every instruction set reads groups of clock words alone") {
  Words words;
  for (int64_t t = 0; t < 100; ++t) words.push_back(time_high(64 * t));
  words.push_back(on(5, 1, 2));
  check_all_levels(words);
}

TEST_CASE("evt2: every instruction set reads any length of words, into any room") {
  const Words words = camera_words(120, 40, 5);
  for (size_t n = 0; n <= words.size(); ++n) {
    CAPTURE(n);
    const Words part = {words.begin(), words.begin() + static_cast<ptrdiff_t>(n)};
    check_all_levels(part, {.capacity = 1 + n % 50, .small_capacity = 1});
  }
}

TEST_CASE("evt2: every instruction set fills just the columns that are wanted") {
  const Words words = camera_words(3000, 100, 6);
  const Reading how = {.width = 640, .height = 480};
  for (uint32_t columns = 0; columns < 16; ++columns) {
    std::optional<Rows> want;
    for (const char* level : kLevels) {
      const AtLevel at(level);
      CAPTURE(level);
      CAPTURE(columns);
      const Rows rows = decode(words, how, {.capacity = 500, .columns = columns});
      if (!want) want = rows;
      CHECK((rows == *want));
    }
  }
}

TEST_CASE("evt2: the epoch may be anything at every instruction set") {
  const std::vector<std::byte> bytes = bytes_of(camera_words(500, 100, 7));
  const auto read = [&](int64_t epoch) {
    const auto decoder = make_decoder();
    decoder->set_state({.epoch = epoch, .words = decoder->state().words});
    return times_of(decode_with(*decoder, bytes));
  };
  for (const char* level : kLevels) {
    const AtLevel at(level);
    const std::vector<int64_t> plain = read(0);
    for (const int64_t epoch : {int64_t{-7'000'001}, int64_t{1} << 60}) {
      std::vector<int64_t> shifted = read(epoch);
      for (int64_t& t : shifted) t -= epoch;
      CHECK(shifted == plain);
    }
  }
}

}  // namespace
}  // namespace evarrow::test::evt2
