// SPDX-License-Identifier: Apache-2.0
#include "scan/pool.h"

#include <algorithm>

namespace evarrow {
namespace {

constexpr size_t kMostBytes = 64 * 1024 * 1024;
constexpr size_t kTried = 8;

size_t row_bytes(Schema schema, uint32_t columns) noexcept {
  size_t bytes = 0;
  for (size_t i = 0; i < schema.size(); ++i) {
    if ((columns >> i & 1U) != 0) bytes += width_of(schema[i].type);
  }
  return bytes;
}

// Whoever held the memory last may have given it up on another thread: to give up a share of our
// own makes this thread see what that one did before.
void see_what_others_did(Batch share) noexcept { share.resize(0); }

}  // namespace

Batch Pool::take(size_t capacity) {
  // They come back in the order in which they were given, by and large.
  for (size_t tried = 0; tried < std::min(batches_.size(), kTried); ++tried) {
    last_ = (last_ + 1) % batches_.size();
    Batch& batch = batches_[last_];
    if (batch.capacity() < capacity || !batch.unique()) continue;
    see_what_others_did(batch);
    batch.resize(0);
    return batch;
  }
  Batch batch(schema_, capacity, columns_);
  const size_t bytes = capacity * row_bytes(schema_, columns_);
  if (bytes != 0 && (batches_.size() + 1) * bytes <= kMostBytes) batches_.push_back(batch);
  return batch;
}

}  // namespace evarrow
