// SPDX-License-Identifier: Apache-2.0
#include "codecs/crc32.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace evarrow::test {
namespace {

using codecs::crc32;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// Bit by bit, as it is defined.
uint32_t by_bits(Bytes bytes) {
  uint32_t value = ~uint32_t{0};
  for (const std::byte byte : bytes) {
    value ^= static_cast<uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      value = value >> 1 ^ ((value & 1) != 0 ? uint32_t{0xEDB88320} : uint32_t{0});
    }
  }
  return ~value;
}

TEST_CASE("crc32: the check value of the standard, and that of nothing") {
  CHECK(crc32(bytes_of("123456789")) == 0xCBF43926);
  CHECK(crc32({}) == 0);
  CHECK(crc32({}, 0xCBF43926) == 0xCBF43926);
}

TEST_CASE("crc32: of any length, from any address, in one piece or two") {
  std::vector<std::byte> bytes(64);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 + 11);
  for (size_t begin = 0; begin < 9; ++begin) {
    for (size_t size = 0; begin + size <= bytes.size(); ++size) {
      const Bytes all = Bytes(bytes).subspan(begin, size);
      const uint32_t want = by_bits(all);
      CHECK(crc32(all) == want);
      CHECK(crc32(all.subspan(size / 3), crc32(all.first(size / 3))) == want);
    }
  }
}

}  // namespace
}  // namespace evarrow::test
