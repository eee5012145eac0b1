// SPDX-License-Identifier: Apache-2.0
#include "evarrow/block_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "evarrow/error.h"
#include "io/errors.h"
#include "io/source.h"

namespace evarrow::test {
namespace {

// Blocks of 0, 1, 2, ... bytes, each byte with the number of its block.
struct Blocks {
  std::vector<uint64_t> ends;
  std::vector<std::byte> all;
  std::vector<size_t> made;  // in this order

  explicit Blocks(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      all.insert(all.end(), i, static_cast<std::byte>(i));
      ends.push_back(all.size());
    }
  }

  MakeBlock maker() {
    return [this](size_t index) {
      made.push_back(index);
      auto bytes = std::make_shared<std::vector<std::byte>>(index, static_cast<std::byte>(index));
      return Block{.bytes = *bytes, .keep_alive = bytes};
    };
  }
};

TEST_CASE("blocks: any stretch is that of the blocks one behind the other") {
  Blocks blocks(40);
  const auto source = make_block_source(blocks.ends, blocks.maker());
  REQUIRE(source->size() == blocks.all.size());
  Scratch scratch;
  for (size_t offset = 0; offset < blocks.all.size(); offset += 7) {
    for (const size_t size : {size_t{0}, size_t{1}, size_t{50}, size_t{1} << 20}) {
      const Bytes want = Bytes(blocks.all).subspan(offset);
      CHECK(std::ranges::equal(source->read(offset, size, scratch),
                               want.first(std::min(size, want.size()))));
    }
  }
  CHECK(source->read(blocks.all.size(), 1, scratch).empty());
  CHECK(make_block_source({}, blocks.maker())->read(0, 1, scratch).empty());
}

TEST_CASE("blocks: one that was used just now is not made again") {
  Blocks blocks(40);
  const auto source = make_block_source(blocks.ends, blocks.maker());
  Scratch scratch;
  for (size_t offset = 0; offset < blocks.all.size(); offset += 3) source->read(offset, 3, scratch);
  CHECK(std::ranges::is_sorted(blocks.made));
  CHECK(std::ranges::adjacent_find(blocks.made) == blocks.made.end());
  CHECK(blocks.made.size() == 39);  // not the one without bytes
}

TEST_CASE("blocks: what cannot be made is damage, and is tried again") {
  Blocks blocks(40);
  bool broken = true;
  const auto source = make_block_source(blocks.ends, [&](size_t index) {
    if (broken) throw Error(ErrorCode::kDamaged, "no");
    return blocks.maker()(index);
  });
  Scratch scratch;
  CHECK(error_of([&] { source->read(5, 5, scratch); })->code() == ErrorCode::kDamaged);
  broken = false;
  CHECK(source->read(5, 5, scratch).size() == 5);
  const auto shorter = make_block_source({10}, [](size_t) { return Block{}; });
  CHECK(error_of([&] { shorter->read(5, 5, scratch); })->code() == ErrorCode::kDamaged);
  CHECK(error_of([&] { make_block_source({2, 1}, blocks.maker()); })->code() ==
        ErrorCode::kArgument);
}

}  // namespace
}  // namespace evarrow::test
