// SPDX-License-Identifier: Apache-2.0
#include "io/os_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "io/os_kept_memory.h"

namespace evarrow {
namespace {

// The columns of 20 million events; none where a sanitizer is to see every use of what was freed.
#ifdef EVARROW_SANITIZED
constexpr size_t kMostKept = 0;
#else
constexpr size_t kMostKept = size_t{256} << 20;
#endif
constexpr size_t kMostBytes = SIZE_MAX / 2;

// Address space of whole pages that begins on a huge page boundary.
std::byte* map_aligned(size_t size, int protection) noexcept {
  // Memory is not mapped with MAP_NORESERVE: a size beyond all memory must fail here, not later.
  void* memory = mmap(nullptr, size + kHugePage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(memory);
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const size_t skipped = round_up(address, kHugePage) - address;
  if (skipped != 0) munmap(begin, skipped);
  begin += skipped;
  if (skipped != kHugePage) munmap(begin + size, kHugePage - skipped);
  return begin;
}

constinit KeptMemory kept(kMostKept);

}  // namespace

size_t page_size() noexcept {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::byte* map_memory(size_t bytes) noexcept {
  if (bytes > kMostBytes) return nullptr;
  const size_t size = round_up(bytes, page_size());
  if (std::byte* memory = kept.take(size)) return memory;
  std::byte* memory = map_aligned(size, PROT_READ | PROT_WRITE);
#ifdef MADV_HUGEPAGE
  // Faults of 4 KiB pages cost more than decoding does.
  if (memory != nullptr) madvise(memory, size, MADV_HUGEPAGE);
#endif
  return memory;
}

#ifdef __linux__

std::byte* grow_memory(std::byte* memory, size_t old_bytes, size_t bytes) noexcept {
  if (bytes > kMostBytes) return nullptr;
  const size_t old_size = round_up(old_bytes, page_size());
  const size_t size = round_up(bytes, page_size());
  if (size == old_size || mremap(memory, old_size, size, 0) != MAP_FAILED) return memory;
  // Huge pages stay whole only if they move from one boundary to another. The place is only an
  // address: mremap puts the pages there. Where it fails it has given up the place already, and
  // another thread may have got it since.
  std::byte* place = map_aligned(size, PROT_NONE);
  void* moved = place == nullptr
                    ? MAP_FAILED
                    : mremap(memory, old_size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  // Under a limit of the address space there may be no room for two places at once.
  if (moved == MAP_FAILED) moved = mremap(memory, old_size, size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : static_cast<std::byte*>(moved);
}

#else

std::byte* grow_memory(std::byte* memory, size_t old_bytes, size_t bytes) noexcept {
  std::byte* larger = map_memory(bytes);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, old_bytes);
  unmap_memory(memory, old_bytes);
  return larger;
}

#endif

void unmap_memory(std::byte* memory, size_t bytes) noexcept {
  const size_t size = round_up(bytes, page_size());
  if (!kept.give(memory, size)) munmap(memory, size);
}

}  // namespace evarrow
