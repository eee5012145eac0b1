// SPDX-License-Identifier: Apache-2.0
// Bytes that lie in pieces all over a file, or in its chunks, as if they lay one behind the other.
#pragma once

#include <memory>
#include <vector>

#include "evarrow/chunk_plan.h"
#include "io/source.h"

namespace evarrow {

// Where a piece lies: in the file, in its chunks once they are opened (as rows of a byte), or in
// memory.
enum class Space : uint8_t { kFile, kChunks, kMemory };

// It ends where the next one begins.
struct StitchedPiece {
  uint64_t at = 0;    // where it is to lie
  uint64_t from = 0;  // where it lies in its space
  Space space = Space::kFile;
};

struct Stitching {
  std::vector<StitchedPiece> pieces;  // in order, the first at 0
  uint64_t size = 0;                  // of all
  ChunkedRows chunks;                 // if pieces lie in chunks
  uint64_t opened = 0;                // bytes of these once they are opened
  std::vector<std::byte> memory;

  // Puts `bytes` bytes behind what there is.
  void add(Space space, uint64_t from, uint64_t bytes);
  void add(Bytes bytes);  // copies them
};

std::shared_ptr<Source> make_stitched_source(Stitching stitching, std::shared_ptr<Source> file);

}  // namespace evarrow
