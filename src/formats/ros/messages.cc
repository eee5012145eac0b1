// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/messages.h"

#include <algorithm>

namespace evarrow::ros {
namespace {

// u32 seconds | u32 nanoseconds | frame, and in ROS 1 a number before them
void read_std_header(WireReader& reader, Wire wire, Front& front) {
  if (wire == Wire::kRos1) front.sequence = reader.number<uint32_t>();
  (void)reader.number<uint32_t>();
  (void)reader.number<uint32_t>();
  front.frame = reader.text();
}

}  // namespace

Kind kind_of(std::string_view type) noexcept {
  const size_t slash = type.find('/');
  if (slash == std::string_view::npos) return Kind::kOther;
  const std::string_view package = type.substr(0, slash);
  const std::string_view name = type.substr(type.rfind('/') + 1);
  if (name == "EventPacket" && package == "event_camera_msgs") return Kind::kPacket;
  if (name != "EventArray") return Kind::kOther;
  if (package == "event_array_msgs") return Kind::kPacket;  // what came before event_camera_msgs
  const bool is_array = package == "dvs_msgs" || package == "prophesee_event_msgs";
  return is_array ? Kind::kArray : Kind::kOther;
}

std::optional<Front> read_front(Kind kind, Wire wire, Bytes bytes) {
  WireReader reader(bytes, wire);
  Front front;
  read_std_header(reader, wire, front);
  front.height = reader.number<uint32_t>();
  front.width = reader.number<uint32_t>();
  if (kind == Kind::kPacket) {
    front.sequence = reader.number<uint64_t>();
    front.time_base = reader.number<uint64_t>();
    front.encoding = reader.text();
    front.is_big_endian = reader.number<uint8_t>() != 0;
  }
  front.count = reader.number<uint32_t>();
  front.begin = reader.position();
  const Bytes rest = reader.rest();
  if (kind == Kind::kArray) {
    std::copy_n(rest.begin(), std::min(rest.size(), front.first.size()), front.first.begin());
  }
  // Numbers in the other order would be other records of events.
  const bool is_array_turned = kind == Kind::kArray && reader.is_swapped();
  if (!reader.is_good() || is_array_turned) return {};
  return front;
}

}  // namespace evarrow::ros
