// SPDX-License-Identifier: Apache-2.0
#include "io/os_memory.h"

#include <sys/mman.h>

#include <cstdint>

namespace evarrow {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

constexpr size_t round_up(size_t bytes, size_t unit) noexcept {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

std::byte* map_memory(size_t bytes) noexcept {
  if (bytes > SIZE_MAX / 2) return nullptr;
  const size_t size = round_up(bytes, 4096);
  void* memory = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(memory);
  const size_t skipped = round_up(reinterpret_cast<uintptr_t>(begin), kHugePage) -
                         reinterpret_cast<uintptr_t>(begin);
  if (skipped != 0) munmap(begin, skipped);
  begin += skipped;
  if (skipped != kHugePage) munmap(begin + size, kHugePage - skipped);
#ifdef MADV_HUGEPAGE
  // Faults of 4 KiB pages cost more than decoding does.
  madvise(begin, size, MADV_HUGEPAGE);
#endif
  return begin;
}

void unmap_memory(std::byte* memory, size_t bytes) noexcept {
  munmap(memory, round_up(bytes, 4096));
}

}  // namespace evarrow
