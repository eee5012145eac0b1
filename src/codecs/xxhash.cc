// SPDX-License-Identifier: Apache-2.0
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
#include <array>
#include <bit>
#include <cstring>

#include "codecs/frames.h"

namespace evarrow::codecs {
namespace {

constexpr uint32_t kPrime1 = 0x9E3779B1;
constexpr uint32_t kPrime2 = 0x85EBCA77;
constexpr uint32_t kPrime3 = 0xC2B2AE3D;
constexpr uint32_t kPrime4 = 0x27D4EB2F;
constexpr uint32_t kPrime5 = 0x165667B1;

uint32_t word_at(const std::byte* bytes) noexcept {
  uint32_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

}  // namespace

uint32_t xxhash32(Bytes bytes) noexcept {
  constexpr size_t kStripe = 16;
  const auto length = static_cast<uint32_t>(bytes.size());
  uint32_t hash = kPrime5;
  if (bytes.size() >= kStripe) {
    std::array<uint32_t, 4> lanes = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
    for (; bytes.size() >= kStripe; bytes = bytes.subspan(kStripe)) {
      for (size_t i = 0; i < lanes.size(); ++i) {
        lanes[i] += word_at(bytes.data() + i * sizeof(uint32_t)) * kPrime2;
        lanes[i] = std::rotl(lanes[i], 13) * kPrime1;
      }
    }
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
  }
  hash += length;
  for (; bytes.size() >= sizeof(uint32_t); bytes = bytes.subspan(sizeof(uint32_t))) {
    hash = std::rotl(hash + word_at(bytes.data()) * kPrime3, 17) * kPrime4;
  }
  for (const std::byte byte : bytes) {
    hash = std::rotl(hash + static_cast<uint32_t>(byte) * kPrime5, 11) * kPrime1;
  }
  hash = (hash ^ hash >> 15) * kPrime2;
  hash = (hash ^ hash >> 13) * kPrime3;
  return hash ^ hash >> 16;
}

}  // namespace evarrow::codecs
