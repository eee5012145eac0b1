// SPDX-License-Identifier: Apache-2.0
// Compressing: packets of AEDAT 4 and the frames that they are in.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "codecs/dv_packet.h"

namespace evarrow::codecs {

// What one thread compresses with; the memory that this takes is kept from packet to packet.
class Packer {
 public:
  // Appends `packet` as files with this compression have it. Throws std::bad_alloc.
  void append(DvCompression compression, Bytes packet, std::vector<std::byte>& out);

  // The same for a packet of events, whose records begin at `front`: faster, and about as small.
  void append_events(DvCompression compression, Bytes packet, size_t front,
                     std::vector<std::byte>& out);

 private:
  struct FreeContext {
    void operator()(void* context) const noexcept;
  };

  void append_zstd_frame(Bytes content, int level, std::vector<std::byte>& out);

  std::unique_ptr<void, FreeContext> zstd_;
};

// Appends a frame of blocks that do not refer to one another. `level`: as for compress_lz4.
void append_lz4_frame(Bytes content, int level, std::vector<std::byte>& out);

}  // namespace evarrow::codecs
