// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "decoder_fuzz.h"

namespace {

// Small numbers, of which the headers of packets are made.
void tame(std::byte* byte) { *byte &= std::byte{0x0F}; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr std::array<std::string_view, 2> kLayouts = {"3.1", "3.0"};
  return evarrow::fuzz::fuzz_decoder("aedat3", bytes, size, tame, kLayouts);
}
