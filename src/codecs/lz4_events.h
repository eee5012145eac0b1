// SPDX-License-Identifier: Apache-2.0
// LZ4 for packets of events, by what is known of them: any LZ4 library decompresses it.
#pragma once

#include <cstddef>

#include "evarrow/event.h"

namespace evarrow::codecs {

// The most that a packet of so many bytes becomes.
constexpr size_t most_lz4_of_events(size_t bytes) { return bytes + bytes / 255 + 64; }

// Compresses a packet into one block at `out`, which has room for the most that it becomes.
// `packet` is `front` bytes of anything, at least 16, and records of kDvEvent bytes. Returns the
// bytes of the block.
size_t compress_events_lz4(Bytes packet, size_t front, std::byte* out) noexcept;

}  // namespace evarrow::codecs
