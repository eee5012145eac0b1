// SPDX-License-Identifier: Apache-2.0
#include "containers/stitched_source.h"

#include <doctest/doctest.h>

#include <random>

namespace evarrow::test {
namespace {

std::vector<std::byte> noise(size_t n) {
  std::mt19937 random(3);
  std::vector<std::byte> bytes(n);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

struct Stitched {
  std::vector<std::byte> want;
  std::shared_ptr<Source> source;
};

// Pieces of a file, far and near, forwards and backwards, and of memory.
Stitched some_pieces(const std::vector<std::byte>& file) {
  Stitching parts;
  Stitched made;
  std::mt19937 random(4);
  size_t at = 0;
  for (size_t i = 0; i < 300; ++i) {
    const size_t gap = random() % 3 == 0 ? 0 : random() % 40;
    const size_t n = random() % 100;
    at = random() % 50 == 0 ? random() % 1000 : at + gap;
    const Bytes piece = Bytes(file).subspan(at, n);
    made.want.insert(made.want.end(), piece.begin(), piece.end());
    if (random() % 4 == 0) {
      parts.add(piece);
    } else {
      parts.add(Space::kFile, at, n);
    }
    at += n;
  }
  made.source = make_stitched_source(std::move(parts), open_memory(file, nullptr));
  return made;
}

TEST_CASE("stitched: any stretch is that of the pieces one behind the other") {
  const std::vector<std::byte> file = noise(100'000);
  const Stitched made = some_pieces(file);
  REQUIRE(made.source->size() == made.want.size());
  Scratch scratch;
  for (size_t offset = 0; offset <= made.want.size(); offset += 61) {
    for (const size_t size : {size_t{1}, size_t{7}, size_t{300}, size_t{1} << 20}) {
      const Bytes got = made.source->read(offset, size, scratch);
      const Bytes want =
          Bytes(made.want).subspan(offset, std::min(size, made.want.size() - offset));
      CHECK(std::ranges::equal(got, want));
    }
  }
  CHECK(made.source->read(made.want.size() + 5, 1, scratch).empty());
}

TEST_CASE("stitched: pieces that go on where the last one ended become one") {
  Stitching parts;
  parts.add(Space::kFile, 10, 5);
  parts.add(Space::kFile, 15, 5);
  parts.add(Space::kFile, 21, 0);
  CHECK(parts.pieces.size() == 1);
  parts.add(Space::kChunks, 20, 5);
  parts.add(Space::kFile, 20, 5);
  CHECK(parts.pieces.size() == 3);
  CHECK(parts.size == 20);
}

TEST_CASE("stitched: nothing is read past the end of the file") {
  const std::vector<std::byte> file = noise(100);
  Stitching parts;
  parts.add(Space::kFile, 90, 20);
  parts.add(Space::kFile, 95, 20);
  const auto source = make_stitched_source(std::move(parts), open_memory(file, nullptr));
  Scratch scratch;
  CHECK(source->read(0, 40, scratch).size() == 10);
}

}  // namespace
}  // namespace evarrow::test
