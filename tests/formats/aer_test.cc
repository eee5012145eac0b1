// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>

#include "support/decode.h"

namespace evarrow::test {
namespace {

std::vector<std::byte> packed(const std::vector<uint32_t>& events, size_t bits) {
  std::vector<std::byte> bytes((events.size() * bits + 7) / 8);
  for (size_t i = 0; i < events.size() * bits; ++i) {
    if ((events[i / bits] >> i % bits & 1) != 0) bytes[i / 8] |= std::byte{1} << i % 8;
  }
  return bytes;
}

constexpr uint32_t event(uint32_t x, uint32_t y, uint32_t p) { return y | x << 9 | p << 18; }

Rows decode(const char* name, const std::vector<std::byte>& bytes, Presented how = {},
            int32_t size = 0) {
  const Format& format = *find_format(name);
  Header header;
  header.width = header.height = size;
  const auto decoder = format.make_decoder(header, {});
  return decode_with(*decoder, format, bytes, how);
}

TEST_CASE("aer: an event is y, x and polarity, its time its number") {
  const std::vector<uint32_t> events = {event(319, 1, 1), event(2, 511, 0), event(511, 0, 1),
                                        event(0, 256, 0)};
  const std::vector<Event> want = {
      {0, 319, 1, 1}, {1, 2, 511, -1}, {2, 511, 0, 1}, {3, 0, 256, -1}};
  CHECK(decode("aer4b", packed(events, 20)).events == want);
  std::vector<uint32_t> noisy = events;
  for (uint32_t& one : noisy) one |= 0xF8'0000;
  CHECK(decode("aer8b", packed(noisy, 24)).events == want);
  CHECK(decode("aer8b", packed(events, 24), {}, 320).count(FaultKind::kOutOfSensor) == 2);
}

TEST_CASE("aer: however the input is cut and however small the batches are, rows are the same") {
  std::mt19937 random(5);
  std::vector<std::byte> bytes(3000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  for (const char* name : {"aer8b", "aer4b"}) {
    const Rows want = decode(name, bytes);
    CHECK(want.events.size() == (std::string_view(name) == "aer8b" ? 1000 : 1200));
    for (const size_t step : {1, 4, 15, 100}) {
      for (const size_t capacity : {1, 2, 7}) {
        CHECK(decode(name, bytes, {.step = step, .capacity = capacity}) == want);
      }
    }
    const auto decoder = find_format(name)->make_decoder({}, {});
    const Summary sum = summarize_with(*decoder, bytes, 15);
    CHECK(sum.events == want.events.size());
    CHECK(sum.t_max == static_cast<int64_t>(want.events.size()) - 1);
  }
}

}  // namespace
}  // namespace evarrow::test
