// SPDX-License-Identifier: Apache-2.0
#include "codecs/frames.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/filters.h"

namespace evarrow::test {
namespace {

using namespace codecs;

std::vector<std::byte> bytes_of(std::string_view hex) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

uint32_t hash_of(std::string_view text) {
  return xxhash32(std::as_bytes(std::span(text.data(), text.size())));
}

// The same text, from the reference implementation: with a size, and with checksums as well.
constexpr std::string_view kSized =
    "04224d1868408400000000000000ab1b000000ff013031323334353637383961626364656610005c50667461"
    "696c00000000";
constexpr std::string_view kChecked =
    "04224d187c408400000000000000b41b000000ff013031323334353637383961626364656610005c50667461"
    "696caccc9363000000003fbfb0e5";

std::string text() {
  std::string text;
  for (int i = 0; i < 8; ++i) text += "0123456789abcdef";
  return text + "tail";
}

// A build may be without it.
bool has_lz4() {
  const bool has = why_unsupported(Filter{.id = kLz4, .values = {}}) == nullptr;
  if (!has) MESSAGE("not tested: this build has no LZ4");
  return has;
}

struct Read {
  std::string text;
  std::string why;
};

Read read(const std::vector<std::byte>& frame, size_t room = 4096) {
  std::vector<std::byte> out(room);
  const Stage stage = undo_lz4_frame(frame, out);
  CHECK(stage.bytes <= room);
  return {std::string(reinterpret_cast<const char*>(out.data()), stage.bytes), stage.why};
}

TEST_CASE("frames: the checksum is that of xxHash") {
  CHECK(hash_of("") == 0x02CC5D05);
  CHECK(hash_of("abc") == 0x32D153FF);
  CHECK(hash_of("Nobody inspects the spammish repetition") == 0xE2293B2F);
}

TEST_CASE("frames: LZ4 frames with and without checksums, one behind the other") {
  if (!has_lz4()) return;
  for (const std::string_view hex : {kSized, kChecked}) {
    const auto frame = bytes_of(hex);
    CHECK(read(frame).text == text());
    CHECK(read(frame, text().size()).text == text());
    auto twice = bytes_of("502a4d1803000000112233");  // three bytes that mean nothing
    twice.insert(twice.end(), frame.begin(), frame.end());
    twice.insert(twice.end(), frame.begin(), frame.end());
    CHECK(read(twice).text == text() + text());
  }
}

TEST_CASE("frames: what is not compressed is stored") {
  // No sizes, blocks of 64 KiB: "abc" and the end.
  const auto header = bytes_of("6040");
  const auto sum = static_cast<std::byte>(xxhash32(header) >> 8);
  auto frame = bytes_of("04224d18");
  frame.insert(frame.end(), header.begin(), header.end());
  frame.push_back(sum);
  const auto rest = bytes_of("0300008061626300000000");
  frame.insert(frame.end(), rest.begin(), rest.end());
  CHECK(read(frame).text == "abc");
  CHECK(read(frame, 2).why == "it is longer than it should be");
}

TEST_CASE("frames: a frame that is cut off or changed is damaged, wherever that is") {
  if (!has_lz4()) return;
  const auto frame = bytes_of(kChecked);
  for (size_t n = 0; n < frame.size(); ++n) {
    CHECK(!read({frame.begin(), frame.begin() + static_cast<ptrdiff_t>(n)}).why.empty());
    auto changed = frame;
    changed[n] ^= std::byte{0x10};
    CHECK(!read(changed).why.empty());
  }
  CHECK(!read(frame, text().size() - 1).why.empty());
}

TEST_CASE("frames: the front of a frame comes out whatever is behind it") {
  if (!has_lz4()) return;
  for (const std::string_view hex : {kSized, kChecked}) {
    const auto frame = bytes_of(hex);
    for (const size_t room : {size_t{1}, size_t{40}, size_t{4096}}) {
      std::vector<std::byte> out(room);
      const Stage stage = begin_lz4_frame(frame, out);
      const size_t most = std::min(room, text().size());
      REQUIRE(stage.bytes == most);
      CHECK(std::string(reinterpret_cast<const char*>(out.data()), most) == text().substr(0, most));
    }
    std::vector<std::byte> out(12);
    const Bytes front = Bytes(frame).first(frame.size() - 24);  // it ends behind the first literals
    const Stage stage = begin_lz4_frame(front, out);
    CHECK(std::string(reinterpret_cast<const char*>(out.data()), stage.bytes) ==
          text().substr(0, stage.bytes));
  }
}

}  // namespace
}  // namespace evarrow::test
