// SPDX-License-Identifier: Apache-2.0
#include "io/os_kept_memory.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

#include "io/os_memory.h"

namespace evarrow {
namespace {

std::byte* pages(size_t size) {
  std::byte* memory = map_memory(size);
  REQUIRE(memory != nullptr);
  return memory;
}

bool on_boundary(const std::byte* begin) {
  return reinterpret_cast<uintptr_t>(begin) % kHugePage == 0;
}

TEST_CASE("pages that are kept are given out again, the smallest piece that is large enough") {
  KeptMemory kept(16 * kHugePage);
  std::byte* large = pages(5 * kHugePage);
  std::byte* small = pages(2 * kHugePage);
  REQUIRE(kept.give(large, 5 * kHugePage));
  REQUIRE(kept.give(small, 2 * kHugePage));
  CHECK(kept.take(6 * kHugePage) == nullptr);
  CHECK(kept.take(2 * kHugePage) == small);
  CHECK(kept.take(5 * kHugePage) == large);
  CHECK(kept.take(page_size()) == nullptr);
  unmap_memory(small, 2 * kHugePage);
  unmap_memory(large, 5 * kHugePage);
}

TEST_CASE("what a piece has too much is kept on, from the next boundary") {
  KeptMemory kept(16 * kHugePage);
  std::byte* piece = pages(3 * kHugePage + page_size());
  REQUIRE(kept.give(piece, 3 * kHugePage + page_size()));
  const size_t odd = kHugePage + page_size();
  CHECK(kept.take(odd) == piece);
  std::memset(piece, 7, odd);
  std::byte* rest = kept.take(kHugePage + page_size());
  CHECK(rest == piece + 2 * kHugePage);
  CHECK(on_boundary(rest));
  std::memset(rest, 7, kHugePage + page_size());
  CHECK(kept.take(page_size()) == nullptr);
  unmap_memory(piece, odd);
  unmap_memory(rest, kHugePage + page_size());
}

TEST_CASE("no more is kept than was said, in no more pieces than there is place for") {
  KeptMemory kept(20 * kHugePage);
  std::byte* piece = pages(21 * kHugePage);
  CHECK_FALSE(kept.give(piece, 21 * kHugePage));
  size_t given = 0;
  while (given < 20 && kept.give(piece + given * kHugePage, kHugePage)) ++given;
  CHECK(given == 16);
  unmap_memory(piece, 21 * kHugePage);
}

TEST_CASE("nothing is kept where nothing may be") {
  KeptMemory kept(0);
  std::byte* piece = pages(kHugePage);
  CHECK_FALSE(kept.give(piece, kHugePage));
  unmap_memory(piece, kHugePage);
}

}  // namespace
}  // namespace evarrow
