// SPDX-License-Identifier: Apache-2.0
// Eight bytes at once, by a table for each of them.
#include "codecs/crc32.h"

#include <array>
#include <cstring>

namespace evarrow::codecs {
namespace {

constexpr uint32_t kPolynomial = 0xEDB88320;
constexpr size_t kBytes = 8;

using Tables = std::array<std::array<uint32_t, 256>, kBytes>;

// tables[k][b] is what the byte b does to the checksum once k more bytes have followed it.
constexpr Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = value;
  }
  for (size_t k = 1; k < kBytes; ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t value = tables[k - 1][byte];
      tables[k][byte] = value >> 8 ^ tables[0][value & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

uint32_t crc32(Bytes bytes, uint32_t before) noexcept {
  uint32_t value = ~before;
  for (; bytes.size() >= kBytes; bytes = bytes.subspan(kBytes)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    word ^= value;
    value = 0;
    for (size_t i = 0; i < kBytes; ++i) value ^= kTables[kBytes - 1 - i][word >> 8 * i & 0xFF];
  }
  for (const std::byte byte : bytes) {
    value = value >> 8 ^ kTables[0][(value ^ static_cast<uint32_t>(byte)) & 0xFF];
  }
  return ~value;
}

}  // namespace evarrow::codecs
