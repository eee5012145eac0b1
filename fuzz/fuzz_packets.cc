// SPDX-License-Identifier: Apache-2.0
// The packets of event_camera_msgs that have frames. The first byte chooses the encoding.
#include <array>

#include "decoder_fuzz.h"
#include "formats/ros/packets.h"

namespace {

// Mostly small numbers: sizes of packets, and times that move on by little.
void tame(std::byte* bytes) {
  for (size_t i = 4; i < 8; ++i) bytes[i] &= std::byte{0x3F};
  if (bytes[0] < std::byte{64}) {
    for (size_t i = 1; i < 8; ++i) bytes[i] = {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace evarrow;
  if (size == 0) return 0;
  constexpr std::array kFormats = {&ros::kMono, &ros::kTrigger, &ros::kLibcaer, &ros::kLibcaerCmp};
  return fuzz::fuzz_decoder(*kFormats[bytes[0] % kFormats.size()], bytes + 1, size - 1, tame);
}
