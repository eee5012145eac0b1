// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "formats/ros/packets.h"
#include "support/decode.h"

namespace evarrow::test::ros {
namespace {

using evarrow::ros::kLibcaer;
using evarrow::ros::kLibcaerCmp;
using evarrow::ros::kMono;
using evarrow::ros::kTrigger;
using Words = std::vector<uint64_t>;
using Tokens = std::vector<uint16_t>;

// A frame around a packet.
void add_frame(Words& words, uint64_t base, const Words& packet) {
  words.push_back(base);
  words.push_back(packet.size() * 8);
  words.insert(words.end(), packet.begin(), packet.end());
}

Words packed(Tokens tokens) {
  while (tokens.size() % 4 != 0) tokens.push_back(0xFFFF);
  Words words(tokens.size() / 4);
  if (!words.empty()) std::memcpy(words.data(), tokens.data(), tokens.size() * 2);
  return words;
}

std::vector<std::byte> bytes_of(const Words& words) {
  std::vector<std::byte> bytes(words.size() * 8);
  if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

Rows decode(const Format& format, const Words& words, Presented how = {}, Header header = {},
            bool drop = false) {
  const auto decoder = format.make_decoder(header, {.drop_out_of_sensor = drop});
  return decode_with(*decoder, format, bytes_of(words), how);
}

constexpr uint64_t mono(uint64_t ns, uint64_t x, uint64_t y, uint64_t p) {
  return ns | x << 32 | y << 48 | p << 63;
}
constexpr uint64_t caer(uint64_t t, uint64_t x, uint64_t y, uint64_t p, uint64_t valid = 1) {
  return t << 32 | valid | p << 1 | y << 2 | x << 17;
}
constexpr uint16_t token(uint32_t code, uint32_t data) {
  return static_cast<uint16_t>(code << 12 | data);
}

Words some_packets(const Format& format, size_t packets, uint32_t seed) {
  std::mt19937 random(seed);
  Words words;
  for (size_t i = 0; i < packets; ++i) {
    Words packet;
    const size_t n = random() % 40;
    if (&format == &kLibcaerCmp) {
      Tokens tokens;
      for (size_t k = 0; k < n; ++k)
        tokens.push_back(
            token(static_cast<uint32_t>(random() % 7), static_cast<uint32_t>(random() % 4096)));
      packet = packed(tokens);
    }
    for (size_t k = 0; k < n && &format != &kLibcaerCmp; ++k) {
      packet.push_back(uint64_t{random()} << 32 | random());
    }
    add_frame(words, uint64_t{random()} << 20 | random() % 1000, packet);
  }
  return words;
}

TEST_CASE("packets: mono is nanoseconds behind the time base, and place and polarity") {
  Words words;
  add_frame(words, 1'000'000'600, {mono(399, 1, 2, 1), mono(400, 640, 32'767, 0)});
  add_frame(words, 5, {});
  add_frame(words, UINT64_MAX, {mono(UINT32_MAX, 3, 4, 1)});
  CHECK(decode(kMono, words).events == std::vector<Event>{{1'000'000, 1, 2, 1},
                                                          {1'000'001, 640, 32'767, -1},
                                                          {18'446'744'078'004'518, 3, 4, 1}});
}

TEST_CASE("packets: what is outside the sensor, or no column can hold, is counted") {
  Words words;
  add_frame(words, 0, {mono(0, 1, 1, 1), mono(0, 10, 1, 1), mono(0, 65'535, 1, 1)});
  Header header;
  header.width = header.height = 10;
  const Rows kept = decode(kMono, words, {}, header);
  CHECK(kept.events.size() == 2);
  CHECK(kept.count(FaultKind::kOutOfSensor) == 2);
  CHECK(decode(kMono, words, {}, header, true).events.size() == 1);
}

TEST_CASE("packets: triggers have an id of 15 bits") {
  Words words;
  add_frame(words, 7'000, {mono(1'000, 0, 32'767, 1), mono(2'999, 5, 1, 0)});
  CHECK(decode(kTrigger, words).triggers == std::vector<Row3>{{8, 32'767, 1}, {9, 1, -1}});
  CHECK(decode(kTrigger, words).events.empty());
}

TEST_CASE("packets: the clock of libcaer runs over within a packet, and starts again with one") {
  Words words;
  add_frame(words, 1'000,
            {caer(5, 1, 2, 1), caer(4, 3, 4, 0), caer(3, 0, 0, 0, 0), caer(7, 5, 6, 1)});
  add_frame(words, 2'000, {caer(1, 7, 8, 0)});
  const Rows rows = decode(kLibcaer, words);
  constexpr int64_t kLap = int64_t{1} << 31;
  CHECK(rows.events ==
        std::vector<Event>{
            {6, 1, 2, 1}, {5 + kLap, 3, 4, -1}, {8 + 2 * kLap, 5, 6, 1}, {3, 7, 8, -1}});
  CHECK(rows.count(FaultKind::kUnknownWord) == 1);
}

TEST_CASE("packets: tokens of libcaer_cmp") {
  Words words;
  add_frame(words, 500,
            packed({token(0, 1), token(1, 2), token(2, 300), token(3, 2048 | 20), token(4, 100),
                    token(5, 0x81), token(6, 1), token(5, 1), token(1, 9), token(3, 7)}));
  add_frame(words, 0, packed({token(3, 1)}));
  const Rows rows = decode(kLibcaerCmp, words);
  CHECK(rows.events == std::vector<Event>{{4098, 300, 20, 1},
                                          {4098, 300, 100, -1},
                                          {4098, 300, 107, -1},
                                          {4098, 300, 108, -1},
                                          {4105, 300, 7, -1},
                                          {0, 0, 1, -1}});
  CHECK(rows.count(FaultKind::kUnknownWord) == 1);
}

TEST_CASE(
    "packets: however the input is cut and however small the batches are, rows are the same") {
  for (const Format* format : {&kMono, &kTrigger, &kLibcaer, &kLibcaerCmp}) {
    const Words words = some_packets(*format, 60, 7);
    const Rows want = decode(*format, words);
    CHECK(want.events.size() + want.triggers.size() > 500);
    for (const size_t step : {1, 7, 8, 24, 1000}) {
      for (const size_t capacity : {1, 3, 100}) {
        CHECK(decode(*format, words,
                     {.step = step, .capacity = capacity, .small_capacity = capacity}) == want);
      }
    }
    const auto decoder = format->make_decoder({}, {});
    const Summary sum = summarize_with(*decoder, bytes_of(words), 16);
    CHECK(sum.events == want.events.size());
    CHECK(sum.triggers == want.triggers.size());
  }
}

TEST_CASE("packets: a decoder goes on from the state of another one, with any epoch") {
  for (const Format* format : {&kMono, &kTrigger, &kLibcaer, &kLibcaerCmp}) {
    const Words words = some_packets(*format, 20, 8);
    const Rows want = decode(*format, words);
    for (size_t cut = 0; cut < words.size(); cut += 3) {
      const auto front = static_cast<ptrdiff_t>(cut);
      const auto first = format->make_decoder({}, {});
      Rows rows = decode_with(*first, *format, bytes_of({words.begin(), words.begin() + front}));
      const auto second = format->make_decoder({}, {});
      DecoderState state = first->state();
      state.epoch += 1000;
      second->set_state(state);
      const Rows rest =
          decode_with(*second, *format, bytes_of({words.begin() + front, words.end()}));
      for (Event event : rest.events) {
        event.t -= 1000;
        rows.events.push_back(event);
      }
      for (auto trigger : rest.triggers) {
        std::get<0>(trigger) -= 1000;
        rows.triggers.push_back(trigger);
      }
      CHECK(rows.events == want.events);
      CHECK(rows.triggers == want.triggers);
    }
  }
}

}  // namespace
}  // namespace evarrow::test::ros
