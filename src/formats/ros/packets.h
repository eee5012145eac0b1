// SPDX-License-Identifier: Apache-2.0
// The packets of event_camera_msgs, put one behind the other. Those that have no clock of their own
// are each a frame: u64 time base, nanoseconds | u64 bytes | the packet, padded to whole words.
#pragma once

#include "evarrow/format.h"

namespace evarrow::ros {

inline constexpr uint64_t kFrameWord = 8;  // bytes

// What pads a packet: no token of libcaer_cmp means anything by this.
inline constexpr std::byte kPadding{0xFF};

extern const Format kMono;
extern const Format kTrigger;
extern const Format kLibcaer;
extern const Format kLibcaerCmp;

}  // namespace evarrow::ros
