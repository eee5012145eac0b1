// SPDX-License-Identifier: Apache-2.0
// Pictures whose pixels lie in chunks of a container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "containers/chunk_cache.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/event.h"
#include "io/source.h"

namespace evarrow {

struct Container;

// Moves the lines of tiles to their caches; `rows` are the pictures. Throws Error(kFormat) if they
// cannot be as they are said to be.
std::vector<std::unique_ptr<ChunkCache>> open_tiles(StoredPictures& pictures, uint64_t rows,
                                                    Source& file);

// The pixels of a frame, as Format::read_image gives them, of a container that has `pictures`.
// Throws Error(kArgument) for a place that is none of its frames', and Error(kDamaged) with the
// byte, where the file has one.
std::vector<std::byte> read_picture(const Container& container, const FramePlace& place);

}  // namespace evarrow
