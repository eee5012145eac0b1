// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "decoder_fuzz.h"

namespace {

// Small numbers, so that most pixels lie inside a sensor, and bytes that stand alone.
void tame(std::byte* byte) {
  if (*byte < std::byte{0x80}) {
    *byte &= std::byte{1};
  } else if (*byte < std::byte{0xF8}) {
    *byte &= std::byte{0x7F};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr std::array<std::string_view, 5> kTypes = {"dvs", "atis", "color", "generic", "display"};
  return evarrow::fuzz::fuzz_decoder("es", bytes, size, tame, kTypes);
}
