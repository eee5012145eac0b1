// SPDX-License-Identifier: Apache-2.0
// Messages of the type event_camera_msgs/msg/EventPacket, as CDR has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/format.h"

namespace evarrow::ros {

inline constexpr std::string_view kPacketType = "event_camera_msgs/msg/EventPacket";

// Its fields, in the notation of ROS; those of its header follow.
inline constexpr std::string_view kPacketFields =
    "std_msgs/Header header\n"
    "uint32 height\n"
    "uint32 width\n"
    "uint64 seq\n"
    "uint64 time_base\n"
    "string encoding\n"
    "bool is_bigendian\n"
    "uint8[] events\n";

// What a message says besides its words.
struct PacketFront {
  std::string frame_id;
  int32_t width = 0;
  int32_t height = 0;
};

// Appends the message number `number`, whose first event is of the time `t` (microseconds).
void append_packet(const PacketFront& front, uint64_t number, int64_t t, Bytes words,
                   std::vector<std::byte>& out);

}  // namespace evarrow::ros
