// SPDX-License-Identifier: Apache-2.0
// The order of the halves of EVT 2.1 words, which the header tells in one of many ways.
#include <doctest/doctest.h>

#include <string>

#include "evarrow/format.h"
#include "formats/evt21_words.h"
#include "support/text.h"

namespace evarrow {
namespace {

// A TIME_HIGH and an event in each order.
const std::string kLittle("\x00\x00\x00\x00\x0A\x00\x00\x80\x01\x00\x00\x00\x05\x00\x41\x10", 16);
const std::string kLegacy("\x0A\x00\x00\x80\x00\x00\x00\x00\x05\x00\x41\x10\x01\x00\x00\x00", 16);

Header read(const std::string& text) {
  return find_format("evt21")->read_header(test::bytes_of(text), true);
}

// Without any words that could say otherwise.
std::string order_of(const std::string& lines) { return read("% evt 2.1\n" + lines).layout; }

TEST_CASE("word order: that of the format comes first, then that of its own line") {
  CHECK(order_of("% format EVT21;endianness=legacy;width=4;height=4\n% endianness little\n") ==
        "legacy");
  CHECK(order_of("% format EVT21;width=4;height=4;endianness=little\n% endianness legacy\n") ==
        "little");
  CHECK(order_of("% format EVT21\n% endianness little\n% system_ID 49\n") == "little");
  CHECK(order_of("% endianness legacy\n% system_ID 64\n") == "legacy");
}

TEST_CASE("word order: without a line it is legacy for Prophesee's older cameras alone") {
  CHECK(order_of("") == "legacy");
  CHECK(order_of("% system_ID 1\n") == "legacy");
  CHECK(order_of("% system_ID 49\n") == "legacy");
  CHECK(order_of("% system_ID 54\n") == "legacy");
  CHECK(order_of("% system_ID 55\n") == "little");
  CHECK(order_of("% system_ID 64\n") == "little");
  CHECK(order_of("% system_ID 0\n") == "little");
  for (const char* key : {"camera_integrator_name", "plugin_integrator_name", "integrator_name"}) {
    CAPTURE(key);
    const std::string line = std::string("% ") + key;
    CHECK(order_of("% system_ID 49\n" + line + " Prophesee\n") == "legacy");
    CHECK(order_of("% system_ID 49\n" + line + " Other\n") == "little");
  }
}

TEST_CASE("word order: words that make no sense in it show that it is the other") {
  const std::string legacy = "% format EVT21;endianness=legacy\n% end\n";
  const std::string little = "% format EVT21;endianness=little\n% end\n";
  CHECK(read(legacy + kLegacy).layout == "legacy");
  CHECK(read(legacy + kLegacy).notes.empty());
  CHECK(read(little + kLittle).layout == "little");
  CHECK(read(little + kLittle).notes.empty());

  const Header flipped = read(legacy + kLittle);
  CHECK(flipped.layout == "little");
  REQUIRE(flipped.notes.size() == 1);
  CHECK(flipped.notes[0] ==
        "the words are in little order, not in the legacy order that the header stands for");
  CHECK(read(little + kLegacy).layout == "legacy");
  CHECK(read(little + kLegacy).notes.size() == 1);
}

TEST_CASE("word order: words that show nothing leave it as it is") {
  const std::string legacy = "% format EVT21;endianness=legacy\n% end\n";
  for (const std::string& payload :
       {kLittle + kLegacy, std::string(), std::string(64, '\0'), kLittle.substr(0, 7)}) {
    CHECK(read(legacy + payload).layout == "legacy");
    CHECK(read(legacy + payload).notes.empty());
  }
}

TEST_CASE("word order: a word or two without pixels do not overrule the header") {
  using namespace test::evt21;
  const Words words = {time_high(0), on(1, 0, 0, 0), on(2, 32, 0, 1), time_high(64),
                       on(1, 0, 1, 1)};
  for (const bool is_legacy : {false, true}) {
    const std::vector<std::byte> bytes = bytes_of(words, {.legacy = is_legacy});
    const std::string payload(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string order = is_legacy ? "legacy" : "little";
    CHECK(read("% evt 2.1\n% endianness " + order + "\n% end\n" + payload).layout == order);
  }
}

// Many words, of which some read as a TIME_HIGH in either order.
TEST_CASE("word order: the words of a camera show it whatever the header says") {
  for (const uint32_t seed : {1U, 2U, 3U}) {
    for (const size_t n : {10, 100, 1000, 20'000}) {
      const test::evt21::Words words = test::evt21::camera_words(n, 1'000'000, seed);
      for (const bool is_legacy : {false, true}) {
        const std::vector<std::byte> bytes = test::evt21::bytes_of(words, {.legacy = is_legacy});
        const std::string payload(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (const char* named : {"legacy", "little"}) {
          CAPTURE(n);
          CAPTURE(named);
          const Header header =
              read("% evt 2.1\n% endianness " + std::string(named) + "\n% end\n" + payload);
          CHECK(header.layout == (is_legacy ? "legacy" : "little"));
        }
      }
    }
  }
}

TEST_CASE("word order: just the first 64 KiB of words are looked at") {
  const std::string legacy = "% format EVT21;endianness=legacy\n% end\n";
  const std::string silence(64 * 1024, '\0');
  CHECK(read(legacy + silence + kLittle).layout == "legacy");
  CHECK(read(legacy + silence.substr(8) + kLittle).layout == "little");
}

TEST_CASE("word order: an order nobody knows is the usual one") {
  CHECK(order_of("% endianness big\n% system_ID 49\n") == "little");
}

TEST_CASE("word order: other formats have none") {
  const std::string text = "% evt 3.0\n% endianness legacy\n% end\n" + kLittle;
  for (const char* name : {"evt2", "evt3"}) {
    const Header header = find_format(name)->read_header(test::bytes_of(text), true);
    CHECK(header.layout == "");
    CHECK(header.notes.empty());
  }
}

}  // namespace
}  // namespace evarrow
