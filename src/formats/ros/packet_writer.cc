// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/packet_writer.h"

#include "formats/ros/cdr_writer.h"

namespace evarrow::ros {
void append_packet(const PacketFront& front, uint64_t number, int64_t t, Bytes words,
                   std::vector<std::byte>& out) {
  CdrWriter writer(out);
  writer.header(t, front.frame_id);
  writer.number(static_cast<uint32_t>(front.height));
  writer.number(static_cast<uint32_t>(front.width));
  writer.number(number);
  writer.number(static_cast<uint64_t>(t) * kNanoseconds);
  writer.text("evt3");
  writer.number(uint8_t{0});  // the words are little-endian
  writer.sequence(words);
}

}  // namespace evarrow::ros
