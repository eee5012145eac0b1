// SPDX-License-Identifier: Apache-2.0
// Batches whose memory is used again once nobody else holds it, so that a stream does not fault
// fresh pages for every batch.
#pragma once

#include <cstddef>
#include <vector>

#include "evarrow/event.h"

namespace evarrow {

class Pool {
 public:
  Pool(Schema schema, uint32_t columns) : schema_(schema), columns_(columns) {}

  // An empty batch of room for `capacity` rows.
  Batch take(size_t capacity);

 private:
  Schema schema_;
  uint32_t columns_;
  std::vector<Batch> batches_;  // each shares its memory with whoever was given it
  size_t last_ = 0;             // the one that was given last
};

}  // namespace evarrow
