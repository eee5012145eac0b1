// SPDX-License-Identifier: Apache-2.0
// Where the packets of an AEDAT 4 file are.
#pragma once

#include <cstdint>
#include <vector>

#include "codecs/dv_packet.h"
#include "io/source.h"

namespace evarrow::aedat4 {

struct Packet {
  int32_t stream = 0;
  uint64_t offset = 0;  // in the file, behind its own header
  uint64_t size = 0;    // bytes
  // What the table at the end says; unknown without it.
  uint64_t elements = 0;
  int64_t first = 0;  // microseconds
  int64_t last = 0;
};

struct Packets {
  std::vector<Packet> all;     // in order of offsets
  bool have_elements = false;  // from the table
  uint64_t truncated = 0;      // bytes at the end that are no whole packet
};

// The packets from `begin` on: as the table at `table` lists them, if these make up what lies
// between, without gaps; else by going from one to the next.
Packets find_packets(Source& file, uint64_t begin, int64_t table,
                     codecs::DvCompression compression);

}  // namespace evarrow::aedat4
