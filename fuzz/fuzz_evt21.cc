// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>

#include "decoder_fuzz.h"

namespace {

// Mostly events, a clock word now and then that moves on by little, seldom anything else. In the
// legacy order it is the other half that is tamed, which is as good.
void tame(std::byte* bytes) {
  constexpr std::array<uint64_t, 16> kTypes = {0, 1, 0, 1, 0,   1, 0,   1,
                                               8, 1, 0, 1, 0xA, 1, 0xE, 0xF};
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  const uint64_t type = kTypes[word >> 60];
  constexpr uint64_t kClock = 0xFFF'FFFF'FFFF;  // 12 bits of a TIME_HIGH
  word = type << 60 | (word & (type == 8 ? kClock : ~uint64_t{0} >> 4));
  std::memcpy(bytes, &word, sizeof(word));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr std::array<std::string_view, 2> kLayouts = {"little", "legacy"};
  return evarrow::fuzz::fuzz_decoder("evt21", bytes, size, tame, kLayouts);
}
