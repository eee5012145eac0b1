// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "decoder_fuzz.h"

namespace {

// Times that go back and forth by little, now and then just before the clock starts over; pixels of
// a small sensor, and now and then a signal, a reading of one of a few pixels of a frame or a
// number of a sample.
void tame(std::byte* bytes) {
  const auto keep = [&](size_t i, uint8_t bits) { bytes[i] &= std::byte{bits}; };
  const bool late = (bytes[5] & std::byte{0x1F}) == std::byte{};
  const bool odd = (bytes[5] & std::byte{0xE0}) == std::byte{};
  keep(0, odd ? 0xF7 : 0x07);
  keep(1, 0xC3);
  keep(2, odd ? 0xFF : 0x7B);
  const bool is_reading = odd && (bytes[0] & std::byte{0x80}) != std::byte{} &&
                          (bytes[2] & std::byte{0x0C}) != std::byte{0x0C};
  if (is_reading) {
    keep(0, 0x80);
    keep(1, 0x40);
    keep(2, 0x1F);
  }
  for (size_t i = 4; i < 6; ++i) bytes[i] = std::byte{late ? uint8_t{0xFF} : uint8_t{0}};
  if (late) bytes[6] |= std::byte{0xFC};
  if (!late) keep(6, 0x03);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr std::array<std::string_view, 2> kLayouts = {"davis", "dvs128"};
  return evarrow::fuzz::fuzz_decoder("aedat2", bytes, size, tame, kLayouts);
}
