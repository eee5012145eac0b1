// SPDX-License-Identifier: Apache-2.0
// The first byte chooses between bytes and nibbles.
#include "decoder_fuzz.h"

namespace {

void tame(std::byte* bytes) { bytes[0] &= std::byte{0x3F}; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const char* name = (bytes[0] & 1) != 0 ? "aer8b" : "aer4b";
  return evarrow::fuzz::fuzz_decoder(name, bytes + 1, size - 1, tame);
}
