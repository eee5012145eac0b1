// SPDX-License-Identifier: Apache-2.0
#include "decoder_fuzz.h"

namespace {

// Mostly events of a small sensor whose times move on by little, now and then an overflow.
void tame(std::byte* bytes) {
  const auto keep = [&](size_t i, uint8_t bits) { bytes[i] &= std::byte{bits}; };
  const bool overflow = bytes[1] >= std::byte{0xF8};
  keep(0, 0x3F);
  keep(1, 0x3F);
  keep(2, 0x80);
  if (overflow) bytes[1] = std::byte{240};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return evarrow::fuzz::fuzz_decoder("nmnist", bytes, size, tame);
}
