// SPDX-License-Identifier: Apache-2.0
// Chunks that HDF5 wrote, and ones that nothing should write.
#include "codecs/filters.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/chunks.h"
#include "codecs/ecf_blocks.h"
#include "codecs/stages.h"
#include "support/bytes.h"

namespace evarrow::test {
namespace {

using namespace codecs;
using Block = std::vector<std::byte>;

// As make_chunks.py has them.
Block plain_of(const StoredChunk& chunk) {
  Block bytes;
  uint32_t state = 1;
  uint64_t value = 0;
  for (size_t i = 0; i < chunk.n; ++i) {
    if (i % 16 == 0) value += i % 5;
    for (size_t byte = 0; byte < chunk.width; ++byte) {
      state = state * 1'664'525 + 1'013'904'223;
      const uint64_t grown = byte < sizeof(value) ? value >> 8 * byte : 0;
      bytes.push_back(static_cast<std::byte>(chunk.is_noise ? state >> 24 : grown));
    }
  }
  return bytes;
}

// Whether this build has what it takes; says so if not.
bool can_undo(std::span<const Filter> filters) {
  for (const Filter& filter : filters) {
    if (const char* why = why_unsupported(filter)) {
      MESSAGE("not tested: ", std::string(filter_name(filter.id)), ": ", std::string(why));
      return false;
    }
  }
  return true;
}

struct Result {
  Undone undone;
  Block bytes;
};

// In memory of the exact size, so that a sanitizer sees what is written behind it.
Result undo(std::span<const Filter> filters, const Block& chunk, size_t size, uint32_t skipped = 0,
            Scratch* scratch = nullptr) {
  Scratch own;
  Block out(size);
  Result result;
  result.undone = undo_filters(filters, skipped, chunk, out, scratch == nullptr ? own : *scratch);
  result.bytes.assign(result.undone.bytes.begin(), result.undone.bytes.end());
  CHECK(result.bytes.size() <= size);
  if (result.undone.outcome != Outcome::kDone) {
    CHECK(result.bytes.empty());
    CHECK(std::string_view(result.undone.why) != "");
  }
  return result;
}

// Why a chunk is damaged; empty: it is not.
std::string damage_of(std::span<const Filter> filters, std::string_view hex, size_t size) {
  const Undone undone = undo(filters, bytes_of_hex(hex), size).undone;
  CHECK((undone.outcome == Outcome::kDone || undone.outcome == Outcome::kDamaged));
  return undone.why;
}

TEST_CASE("filters: chunks that HDF5 wrote are read") {
  Scratch scratch;
  for (const StoredChunk& chunk : stored_chunks()) {
    CAPTURE(chunk.name);
    if (!can_undo(chunk.filters)) continue;
    const Block plain = plain_of(chunk);
    const Block stored = bytes_of_hex(chunk.hex);
    CHECK(undo(chunk.filters, stored, plain.size(), chunk.skipped).bytes == plain);
    CHECK(undo(chunk.filters, stored, plain.size(), chunk.skipped, &scratch).bytes == plain);
  }
}

TEST_CASE("filters: a chunk that was cut off anywhere is damaged") {
  for (const StoredChunk& chunk : stored_chunks()) {
    CAPTURE(chunk.name);
    if (!can_undo(chunk.filters)) continue;
    const Block stored = bytes_of_hex(chunk.hex);
    for (size_t size = 0; size < stored.size(); ++size) {
      const Block cut(stored.begin(), stored.begin() + static_cast<ptrdiff_t>(size));
      const Undone undone = undo(chunk.filters, cut, chunk.width * chunk.n, chunk.skipped).undone;
      CHECK(undone.outcome == Outcome::kDamaged);
    }
  }
}

TEST_CASE("filters: a chunk of another size than it should have is damaged") {
  for (const StoredChunk& chunk : stored_chunks()) {
    CAPTURE(chunk.name);
    if (!can_undo(chunk.filters)) continue;
    const Block stored = bytes_of_hex(chunk.hex);
    const size_t size = chunk.width * chunk.n;
    for (const size_t other : {size_t{0}, size_t{1}, size / 2, size - 1, size + 1, 9 * size}) {
      CHECK(undo(chunk.filters, stored, other, chunk.skipped).undone.outcome == Outcome::kDamaged);
    }
  }
}

TEST_CASE("filters: any change of a byte gives other bytes or damage, within the memory") {
  std::mt19937 random(5);
  for (const StoredChunk& chunk : stored_chunks()) {
    CAPTURE(chunk.name);
    if (!can_undo(chunk.filters)) continue;
    const Block sound = bytes_of_hex(chunk.hex);
    const size_t size = chunk.width * chunk.n;
    for (size_t i = 0; i < sound.size(); ++i) {
      Block changed = sound;
      changed[i] = static_cast<std::byte>(random());
      const Result result = undo(chunk.filters, changed, size, chunk.skipped);
      if (result.undone.outcome == Outcome::kDone) CHECK(result.bytes.size() == size);
    }
  }
}

TEST_CASE("filters: those in the mask are left out, and need not be known") {
  const std::vector<Filter> filters = {{kShuffle, {2}}, {12345, {}}, {kFletcher32, {}}};
  const Block chunk = bytes_of_hex("01020304");
  CHECK(undo(filters, chunk, 4, 0b111).bytes == chunk);
  CHECK(undo(filters, chunk, 4, 0b110).bytes == bytes_of_hex("01030204"));
  CHECK(undo(filters, chunk, 4, 0b101).undone.outcome == Outcome::kUnsupported);
  CHECK(undo({}, chunk, 4).bytes == chunk);
  CHECK(undo({}, chunk, 5).undone.outcome == Outcome::kDamaged);
}

TEST_CASE("filters: values that are wider than their chunk were not shuffled") {
  const std::vector<Filter> filters(32, {kShuffle, {0xFFFF'FFFF}});
  CHECK(undo(filters, bytes_of_hex("aabb"), 2).bytes == bytes_of_hex("aabb"));
}

TEST_CASE("filters: one that cannot be undone is named") {
  CHECK(std::string_view(filter_name(kBlosc)) == "blosc");
  CHECK(std::string_view(filter_name(kEcf)) == "ECF");
  CHECK(std::string_view(filter_name(32026)) == "blosc2");
  CHECK(std::string_view(filter_name(99)) == "unknown");
  for (const uint32_t id : {4U, 99U, 32026U}) {
    const Filter filters[] = {{id, {}}};
    REQUIRE(why_unsupported(filters[0]) != nullptr);
    const Undone undone = undo(filters, Block(4), 4).undone;
    CHECK(undone.outcome == Outcome::kUnsupported);
    CHECK(undone.filter == id);
  }
  CHECK(why_unsupported({kBitshuffle, {0, 4}}) != nullptr);
  CHECK(why_unsupported({kBitshuffle, {0, 4, 2, 0, 9}}) != nullptr);
  const std::vector<Filter> many(33, {kShuffle, {2}});
  CHECK(undo(many, Block(4), 4).undone.outcome == Outcome::kUnsupported);
}

TEST_CASE("filters: snappy within blosc is not known, but bytes that were only copied are") {
  const Filter filters[] = {{kBlosc, {}}};
  if (!can_undo(filters)) return;
  const Block snappy = bytes_of_hex("020140010400000004000000140000000a0b0c0d");
  CHECK(undo(filters, snappy, 4).undone.outcome == Outcome::kUnsupported);
  const Block copied = bytes_of_hex("020142010400000004000000140000000a0b0c0d");
  CHECK(undo(filters, copied, 4).bytes == bytes_of_hex("0a0b0c0d"));
}

TEST_CASE("filters: compressors may follow one another, in memory of their own") {
  // lzf of lzf: a literal of four bytes, whose last three are a literal of two.
  const std::vector<Filter> twice = {{kLzf, {}}, {kLzf, {}}};
  CHECK(undo(twice, bytes_of_hex("0201aabb"), 2).bytes == bytes_of_hex("aabb"));
  const std::vector<Filter> many(32, {kShuffle, {1}});
  CHECK(undo(many, bytes_of_hex("aabb"), 2).bytes == bytes_of_hex("aabb"));
  const std::vector<Filter> sums = {{kFletcher32, {}}, {kShuffle, {3}}, {kFletcher32, {}}};
  CHECK(undo(sums, bytes_of_hex("00000000000000000000"), 2).bytes == Block(2));
}

TEST_CASE("filters: a match of LZF repeats what it makes") {
  const std::vector<Filter> lzf = {{kLzf, {}}};
  for (size_t distance = 1; distance <= 32; ++distance) {
    for (size_t n = 9; n < 265; ++n) {
      Block chunk = {static_cast<std::byte>(distance - 1)};
      Block plain;
      for (size_t i = 0; i < distance; ++i) plain.push_back(static_cast<std::byte>(7 * i));
      chunk.insert(chunk.end(), plain.begin(), plain.end());
      for (const size_t byte : {size_t{0xE0}, n - 9, distance - 1}) {
        chunk.push_back(static_cast<std::byte>(byte));
      }
      for (size_t i = 0; i < n; ++i) plain.push_back(plain[i]);
      CHECK((undo(lzf, chunk, plain.size()).bytes == plain));
    }
  }
}

TEST_CASE("filters: the checksum may be as older writers wrote it") {
  const std::vector<Filter> sum = {{kFletcher32, {}}};
  CHECK(damage_of(sum, "0102030406040805", 4) == "");
  CHECK(damage_of(sum, "0102030404060508", 4) == "");
  CHECK(damage_of(sum, "0102030406040508", 4) == "its checksum is wrong");
  CHECK(damage_of(sum, "010203", 4) == "it ends within its checksum");
}

TEST_CASE("filters: what the framings may not say is damage") {
  struct Bad {
    Filter filter;
    size_t size;
    std::string_view hex;
    std::string_view damage;
  };
  const Bad all[] = {
      {{kLzf, {}}, 8, "2001", "a match begins before the chunk"},
      {{kLzf, {}}, 8, "e0", "it ends within a literal or a match"},
      {{kLzf, {}}, 8, "00aae0ff00", "it is longer than its chunk"},
      {{kLzf, {}}, 13, "00aa80008000", ""},
      {{kLz4, {}}, 8, "800000000000000000000004", "it is longer than its chunk"},
      {{kLz4, {}}, 8, "000000000000000800000000", "its blocks are empty"},
      {{kLz4, {}}, 8, "000000000000000800000008ffffffff", "it ends within a block"},
      {{kLz4, {}},
       8,
       "0000000000000008000000080000000100",
       "a block is no LZ4 block, or one of another length"},
      {{kBlosc, {}},
       4,
       "0201210104000000ffffff7f140000000a0b0c0d",
       "its blocks are larger than it is"},
      {{kBlosc, {}},
       4,
       "02012101ffffff7f04000000140000000a0b0c0d",
       "it is no blosc buffer, or one that is too long"},
      {{kBlosc, {}}, 4, "020121010400000004000000150000000a0b0c0d", "it is cut off"},
      {{kBitshuffle, {0, 4, 0x8000'0000, 8, 0}}, 4, "00000000", "it ends within a value"},
      {{kBitshuffle, {0, 4, 0, 8, 0}}, 1, "00", "the width of its values is not known"},
      {{kBitshuffle, {0, 4, 1, 9, 0}}, 1, "00", "the size of its blocks is wrong"},
      {{kBitshuffle, {0, 4, 1, 0, 2}},
       1,
       "000000000000000100000000",
       "the size of its blocks is wrong"},
  };
  for (const Bad& bad : all) {
    const Filter filters[] = {bad.filter};
    CAPTURE(bad.hex);
    if (can_undo(filters)) CHECK(damage_of(filters, bad.hex, bad.size) == bad.damage);
  }
}

Block records_of(const std::vector<Event>& events) {
  Block bytes(events.size() * kEcfRecord);
  for (size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    const auto put = [&](size_t at, auto value) {
      std::memcpy(bytes.data() + i * kEcfRecord + at, &value, sizeof(value));
    };
    put(0, static_cast<uint16_t>(event.x));
    put(2, static_cast<uint16_t>(event.y));
    put(4, static_cast<int16_t>(event.polarity > 0 ? 1 : 0));
    put(8, event.t);
  }
  return bytes;
}

TEST_CASE("filters: a block of ECF becomes records, and may be shorter than its chunk") {
  const std::vector<Filter> filters = {{kEcf, {}}};
  for (uint32_t shape = 0; shape < ecf::kShapes; ++shape) {
    const std::vector<Event> events = ecf::any_events(777, shape, 8);
    const Block block = ecf::encode(events);
    const Block records = records_of(events);
    CHECK(undo(filters, block, records.size()).bytes == records);
    CHECK(undo(filters, block, 1024 * kEcfRecord).bytes == records);
    CHECK(undo(filters, block, records.size() - 1).undone.outcome == Outcome::kDamaged);
    // Where the block was too long, the records themselves are stored.
    CHECK(undo(filters, records, records.size(), 1).bytes == records);
  }
  const Block none = ecf::encode({});
  CHECK(undo(filters, none, kEcfRecord).undone.outcome == Outcome::kDone);
  CHECK(damage_of(filters, "ffffffff", 16) == "its header is no header of a block");
}

}  // namespace
}  // namespace evarrow::test
