// SPDX-License-Identifier: Apache-2.0
#include "io/os_kept_memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "io/os_memory.h"

namespace evarrow {
namespace {

// Tells the system that the content of the pages is not wanted any more.
bool let_go([[maybe_unused]] std::byte* begin, [[maybe_unused]] size_t size) noexcept {
#ifdef MADV_FREE
  return madvise(begin, size, MADV_FREE) == 0;
#else
  return false;
#endif
}

}  // namespace

std::byte* KeptMemory::take(size_t size) noexcept {
  // Tried only: in the child of a fork, a thread that is not there may hold it for ever.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || bytes_ < size) return nullptr;
  Piece* best = nullptr;
  for (Piece& piece : pieces_) {
    if (piece.size >= size && (best == nullptr || piece.size < best->size)) best = &piece;
  }
  if (best == nullptr) return nullptr;
  std::byte* begin = best->begin;
  const size_t used = std::min(round_up(size, kHugePage), best->size);
  if (used > size) munmap(begin + size, used - size);
  bytes_ -= used;
  best->size -= used;
  best->begin = best->size == 0 ? nullptr : begin + used;
  return begin;
}

bool KeptMemory::give(std::byte* begin, size_t size) noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || size > most_bytes_ - bytes_) return false;
  Piece* place = std::ranges::find(pieces_, nullptr, &Piece::begin);
  if (place == pieces_.end() || !let_go(begin, size)) return false;
  *place = {.begin = begin, .size = size};
  bytes_ += size;
  return true;
}

}  // namespace evarrow
