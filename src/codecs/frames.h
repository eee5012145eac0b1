// SPDX-License-Identifier: Apache-2.0
// Frames that say how long they are, and that files of other kinds than HDF5 are made of.
#pragma once

#include "codecs/stages.h"

namespace evarrow::codecs {

// LZ4 frames, one behind the other, with the checksums that they have. README.md has the layout.
Stage undo_lz4_frame(Bytes in, Room out) noexcept;

// What of the front of the first frame goes into `out`; more is not looked at. Its bytes may be
// fewer than the frame holds even where there was room for more.
Stage begin_lz4_frame(Bytes in, Room out) noexcept;
Stage begin_zstd_frame(Bytes in, Room out, Scratch& scratch) noexcept;

// The checksum of LZ4 frames.
uint32_t xxhash32(Bytes bytes) noexcept;

}  // namespace evarrow::codecs
