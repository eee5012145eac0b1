// SPDX-License-Identifier: Apache-2.0
// The packets of AEDAT 4 files: FlatBuffers, compressed one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codecs/stages.h"

namespace evarrow::codecs {

// How packets are compressed, as their file has it.
enum class DvCompression : uint32_t { kNone, kLz4, kLz4High, kZstd, kZstdHigh };

// Why packets of this compression cannot be read, in one sentence; null: they can be.
const char* why_unsupported(DvCompression compression) noexcept;

// i64 t | i16 x | i16 y | u8 polarity | 24 bits of 0
inline constexpr size_t kDvEvent = 16;

// The FlatBuffer of a packet, without its size; empty if it cannot be decompressed. It is in `in`
// if it is not compressed, else in the scratch memory, of which it takes no more than the most
// that so many bytes can hold, and no more than 1 GiB.
Bytes open_dv_packet(DvCompression compression, Bytes in, Scratch& scratch) noexcept;

// More than a packet of so many bytes can hold.
uint64_t most_dv_events(uint64_t size) noexcept;

// How many events a packet holds, as its front says. Nothing if it is no packet of events, or if
// its front does not tell.
std::optional<uint32_t> dv_events(DvCompression compression, Bytes in, Scratch& scratch) noexcept;

// A packet of events becomes their records, which lie in `in` or in the scratch memory; values[0]
// is the compression.
Stage undo_dv_events(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

}  // namespace evarrow::codecs
