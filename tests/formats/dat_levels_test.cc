// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives the same rows, faults, state and summary as the plain decoder.
#include <doctest/doctest.h>

#include <optional>

#include "formats/dat_words.h"
#include "support/levels.h"

namespace evarrow::test::dat {
namespace {

constexpr int64_t kLap = int64_t{1} << 32;
constexpr Reading kReadings[] = {{},
                                 {.width = 640, .height = 480},
                                 {.width = 640, .height = 480, .drop = true},
                                 {.width = 600, .height = 300, .off = 0},
                                 {.width = 32'767, .height = 32'767},
                                 {.layout = "cd1"},
                                 {.width = 304, .height = 240, .drop = true, .layout = "cd1"}};

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
      for (const size_t step : {size_t{8}, size_t{8} * 77, SIZE_MAX}) {
        const auto counter = make_decoder(how);
        CHECK(same(summarize_with(*counter, bytes, step), summary_of(want)));
        CHECK(counter->state() == *end);
      }
    }
  }
}

TEST_CASE("dat: every instruction set reads random records the same") {
  check_all_levels(random_words(100'000, 1));
}

TEST_CASE("dat: every instruction set reads the records of a camera the same") {
  check_all_levels(camera_words(100'000, 1'000'000, 2));
  check_all_levels(camera_words(100'000, 300, 3));
  check_all_levels(camera_words(30'000, 20, 4), {.step = 999, .capacity = 777});
  check_all_levels(camera_words(30'000, 1'000'000, 5, kLap - 20'000));
}

// What is rare, and what the loops take several at a time must give up for.
std::vector<Words> rarities() {
  return {{on(kLap - 1, 1, 1), on(0, 1, 1)},
          {on(kLap / 2, 1, 1), on(0, 1, 1)},
          {on(kLap / 2 + 1, 1, 1), on(0, 1, 1)},
          {on(kLap - 1, 1, 1), on(kLap / 2 - 1, 1, 1)},
          {on(kLap - 1, 1, 1), on(kLap / 2 - 2, 1, 1)},
          {on(kLap - 1, 640, 1), on(0, 1, 1)},
          {on(900, 1, 1), on(800, 1, 1), on(900, 1, 1)},
          {on(3, 640, 1)},
          {off(3, 1, 480)},
          {off(3, 16'383, 16'383)},
          {word(3, 0xFFFF'FFFF)}};
}

TEST_CASE("dat: every instruction set reads what is rare the same, wherever it stands") {
  for (const Words& rarity : rarities()) {
    for (uint32_t before = 0; before < 40; ++before) {
      Words words;
      for (uint32_t i = 0; i < before; ++i) words.push_back(on(i, i, 7));
      words.insert(words.end(), rarity.begin(), rarity.end());
      for (uint32_t i = 0; i < 70; ++i) words.push_back(off(1000 + i, i, 8));
      CAPTURE(before);
      check_all_levels(words);
    }
  }
}

TEST_CASE("dat: every instruction set reads any length of records, into any room") {
  const Words words = camera_words(120, 40, 5);
  for (size_t n = 0; n <= words.size(); ++n) {
    CAPTURE(n);
    const Words part = {words.begin(), words.begin() + static_cast<ptrdiff_t>(n)};
    check_all_levels(part, {.capacity = 1 + n % 50, .small_capacity = 1});
  }
}

TEST_CASE("dat: every instruction set fills just the columns that are wanted") {
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

TEST_CASE("dat: the epoch may be anything at every instruction set") {
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
}  // namespace evarrow::test::dat
