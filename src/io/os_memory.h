// SPDX-License-Identifier: Apache-2.0
// Large pieces of memory straight from the operating system.
#pragma once

#include <cstddef>

namespace evarrow {

constexpr size_t round_up(size_t bytes, size_t unit) noexcept {
  return (bytes + unit - 1) / unit * unit;
}

// Whole pages, huge ones where there are any, on a huge page boundary: fresh ones, or some that
// were unmapped before, with any content. Null if there is no memory. Nothing is touched.
std::byte* map_memory(size_t bytes) noexcept;

// Makes a piece larger, keeping its content; pages move, bytes are not copied where the system can
// do so. Null if there is no memory: then the old piece is as it was.
std::byte* grow_memory(std::byte* memory, size_t old_bytes, size_t bytes) noexcept;

// Gives the pages back, to the system or to the next that maps some.
void unmap_memory(std::byte* memory, size_t bytes) noexcept;

size_t page_size() noexcept;

}  // namespace evarrow
