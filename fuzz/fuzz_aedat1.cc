// SPDX-License-Identifier: Apache-2.0
#include "decoder_fuzz.h"

namespace {

// Times that go back and forth by little, now and then just before the clock starts over.
void tame(std::byte* bytes) {
  const bool late = (bytes[3] & std::byte{0x1F}) == std::byte{};
  for (size_t i = 2; i < 4; ++i) bytes[i] = std::byte{late ? uint8_t{0xFF} : uint8_t{0}};
  if (late) bytes[4] |= std::byte{0xFC};
  if (!late) bytes[4] &= std::byte{0x03};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return evarrow::fuzz::fuzz_decoder("aedat1", bytes, size, tame);
}
