// SPDX-License-Identifier: Apache-2.0
// What makes the chunks of one layout.
#pragma once

#include <memory>
#include <vector>

#include "evarrow/chunk_encoder.h"

namespace evarrow::hdf5 {

// A chunk and the memory that it is made in, which is used again.
struct MadeChunk {
  std::vector<std::byte> plain;
  std::vector<std::byte> packed;
  Bytes bytes;  // in one of them, or in the batch
  uint32_t skipped = 0;
};

class ChunkMaker {
 public:
  virtual ~ChunkMaker() = default;

  virtual uint32_t datasets() const noexcept = 0;
  // Gets the time of the first event before all else.
  virtual void start(int64_t /*t*/) {}
  // Whether the layout has a place for all of these rows. Called by many threads at once.
  virtual bool holds(const EventBatch& events) const = 0;
  // Throws Error(kArgument) for the first row that it does not hold; `before`: rows of earlier
  // calls.
  virtual void refuse(const EventBatch& events, uint64_t before) const = 0;
  // Makes the chunk of a dataset out of the rows of one chunk. Called by many threads at once.
  virtual void make(uint32_t dataset, const EventBatch& rows, MadeChunk& chunk) const = 0;
  virtual int64_t time_offset() const noexcept { return 0; }
};

// Each throws Error(kArgument) for a compression that its layout or this build does not have.
std::unique_ptr<ChunkMaker> make_dsec_maker(const ChunkOptions& options);
std::unique_ptr<ChunkMaker> make_prophesee_maker(const ChunkOptions& options);

// What both ask of a row: x and y from 0 on, a polarity of -1 to 1.
bool holds_pixels(const EventBatch& events) noexcept;
void refuse_pixels(const EventBatch& events, uint64_t before, const char* layout);

}  // namespace evarrow::hdf5
