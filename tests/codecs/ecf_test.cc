// SPDX-License-Identifier: Apache-2.0
#include "codecs/ecf.h"

#include <doctest/doctest.h>

#include <random>
#include <string_view>

#include "codecs/ecf_blocks.h"
#include "support/corpus.h"

namespace evarrow::test {
namespace {

using namespace codecs;
using ecf::Block;

constexpr EcfMode kModes[] = {EcfMode::kRuns, EcfMode::kPackedX, EcfMode::kPackedAll};

// Blocks of the vendor's encoder: times far apart, in all modes; steps of x; the largest event.
struct Vector {
  EcfMode mode;
  std::string_view hex;
  std::vector<Event> events;
};

const std::vector<Vector>& vectors() {
  static const std::vector<Event> apart = {
      {0, 0, 5, 1},  {0, 1, 5, -1},   {14, 2, 5, 1},      {29, 3, 5, -1},
      {45, 4, 5, 1}, {300, 5, 5, -1}, {1000000, 6, 5, 1}, {1099512627776, 7, 5, -1}};
  static const std::vector<Event> steps = {{1, 10, 2, -1}, {1, 11, 2, -1}, {1, 12, 2, -1},
                                           {1, 13, 2, -1}, {1, 14, 2, -1}, {1, 15, 2, -1},
                                           {1, 16, 2, -1}, {1, 18, 2, -1}, {1, 2047, 2, -1},
                                           {1, 0, 2, -1},  {1, 1, 2, -1},  {1, 6, 2, -1}};
  static const std::vector<Event> largest = {{123456789012, 2047, 2047, 1}};
  static const std::vector<Vector> all = {
      {EcfMode::kRuns,
       "20000000000000000000000002e1ff01f0f101ffff01f4f1f1f4ff01f0f0f0f0f0f0f0f0f0f0f101a8001f00d00"
       "08"
       "101810181018101",
       apart},
      {EcfMode::kPackedX,
       "21000000000000000000000002e1ff01f0f101ffff01f4f1f1f4ff01f0f0f0f0f0f0f0f0f0f0f101a8001200050"
       "006"
       "009a000d000e00",
       apart},
      {EcfMode::kPackedAll,
       "22000000000000000000000002e1ff01f0f101ffff01f4f1f1f4ff01f0f0f0f0f0f0f0f0f0f0f10102015000055"
       "05"
       "000065000000a0950000d5050000e500000",
       apart},
      {EcfMode::kRuns, "3000000001000000000000000c4c005f010802e0ff1000c0000c", steps},
      {EcfMode::kPackedAll,
       "3200000001000000000000000c16142000182020001a2000001e1c2000202020002420000000fe2f00022020000"
       "c20"
       "0000",
       steps},
      {EcfMode::kRuns, "04000000141a99be1c00000001e1ffe0ff81", largest},
      {EcfMode::kPackedX, "05000000141a99be1c00000001e1fff0ff00000000", largest},
      {EcfMode::kPackedAll, "06000000141a99be1c0000000100ffff7f0000000000000000", largest},
  };
  return all;
}

TEST_CASE("ecf: blocks of the vendor's encoder are read, and written byte for byte") {
  for (const Vector& vector : vectors()) {
    CAPTURE(vector.hex);
    const Block block = bytes_of_hex(vector.hex);
    CHECK(ecf::decode(block) == vector.events);
    CHECK(ecf::encode(vector.events, vector.mode) == block);
  }
}

TEST_CASE("ecf: events of any shape come back in all modes") {
  for (const size_t n : {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 999, 4096}) {
    for (uint32_t shape = 0; shape < ecf::kShapes; ++shape) {
      const std::vector<Event> events = ecf::any_events(n, shape, shape);
      for (const EcfMode mode : kModes) {
        CAPTURE(n);
        CAPTURE(shape);
        const Block block = ecf::encode(events, mode);
        CHECK((ecf::decode(block) == events));
      }
    }
  }
}

TEST_CASE("ecf: the largest block comes back in all modes, whatever is in it") {
  for (uint32_t shape = 0; shape < ecf::kShapes; ++shape) {
    const std::vector<Event> events = ecf::any_events(kMostEcfEvents, shape, shape);
    for (const EcfMode mode : kModes) CHECK((ecf::decode(ecf::encode(events, mode)) == events));
  }
}

TEST_CASE("ecf: times may be negative and as far apart as 64 bits go") {
  const std::vector<Event> events = {
      {INT64_MIN, 1, 1, 1}, {-1, 2, 2, -1}, {0, 3, 3, 1}, {INT64_MAX, 4, 4, 1}};
  for (const EcfMode mode : kModes) CHECK(ecf::decode(ecf::encode(events, mode)) == events);
}

TEST_CASE("ecf: columns that are not wanted change nothing in the others") {
  const std::vector<Event> events = ecf::any_events(500, 1, 1);
  for (const EcfMode mode : kModes) {
    const Block block = ecf::encode(events, mode);
    for (uint32_t columns = 0; columns < 16; ++columns) {
      std::vector<Event> want = events;
      for (Event& event : want) event = ecf::projected(event, columns);
      CHECK((ecf::decode(block, {.columns = columns}) == want));
    }
  }
}

TEST_CASE("ecf: an OFF event is -1, or 0 for binary polarity") {
  for (const EcfMode mode : kModes) {
    const Block block = ecf::encode({{5, 1, 2, -1}, {5, 1, 2, 1}}, mode);
    CHECK(ecf::decode(block, {.off = 0}) == std::vector<Event>{{5, 1, 2, 0}, {5, 1, 2, 1}});
    CHECK(ecf::encode(ecf::decode(block, {.off = 0}), mode) == block);
  }
}

TEST_CASE("ecf: every truncation of a block is damage") {
  for (uint32_t shape = 0; shape < ecf::kShapes; ++shape) {
    for (const EcfMode mode : kModes) {
      const Block block = ecf::encode(ecf::any_events(300, shape, 3), mode);
      for (size_t size = 0; size < block.size(); ++size) {
        // A copy of its own: a sanitizer sees what reads past it.
        const Block cut(block.begin(), block.begin() + static_cast<ptrdiff_t>(size));
        CHECK(ecf::damage_of(cut) != "");
      }
    }
  }
}

TEST_CASE("ecf: the bytes behind a block are not read") {
  for (const EcfMode mode : kModes) {
    Block block = ecf::encode(ecf::any_events(77, 2, 9), mode);
    const size_t size = block.size();
    block.resize(size + 9, std::byte{0xFF});
    const EcfDecoded decoded = ecf_decode(block, 77, {});
    CHECK(decoded.damage == nullptr);
    CHECK(decoded.bytes == size);
  }
}

TEST_CASE("ecf: any change of a byte gives events or damage, within the block and the columns") {
  std::mt19937 random(7);
  for (uint32_t shape = 0; shape < ecf::kShapes; ++shape) {
    for (const EcfMode mode : kModes) {
      const Block sound = ecf::encode(ecf::any_events(150, shape, 4), mode);
      for (size_t i = 0; i < sound.size(); ++i) {
        Block block = sound;
        block[i] = static_cast<std::byte>(random());
        ecf::damage_of(block);
      }
    }
  }
}

TEST_CASE("ecf: what no encoder writes is damage") {
  struct Bad {
    const char* what;
    std::string_view hex;
    std::string_view damage;
  };
  const Bad all[] = {
      {"nothing", "", "its header is no header of a block"},
      {"too many events", "00000400000000000000000001", "its header is no header of a block"},
      {"a run of times that is too long", "04000000000000000000000002210021",
       "a run goes on past its last event"},
      {"a long run of times", "0400000000000000000000000fffff",
       "a run goes on past its last event"},
      {"a run of rows that is too long", "0400000000000000000000000122000000",
       "a run goes on past its last event"},
      {"a run of polarities that is too long", "040000000000000000000000012100000083",
       "a run goes on past its last event"},
      {"a time that is cut off", "040000000000000000000000f1",
       "a time is cut off, or longer than 64 bits"},
      {"a time of 68 bits",
       "040000000000000000000000f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1012100000081",
       "a time is cut off, or longer than 64 bits"},
      {"runs of nothing", "04000000000000000000000000000000", "it ends within its runs"},
  };
  for (const Bad& bad : all) {
    CAPTURE(bad.what);
    CHECK(ecf::damage_of(bytes_of_hex(bad.hex)) == bad.damage);
  }
}

TEST_CASE("ecf: steps beyond the last event mean nothing") {
  const Block block = bytes_of_hex("080000000000000000000000022200ff0182");
  CHECK(ecf::decode(block) == std::vector<Event>{{0, 15, 1, 1}, {0, 16, 1, 1}});
}

TEST_CASE("ecf: a block with more events than there is room for is not decoded") {
  const Block block = ecf::encode(ecf::any_events(10, 0, 1), EcfMode::kRuns);
  CHECK(ecf_count(block) == 10);
  const EcfDecoded decoded = ecf_decode(block, 9, {});
  CHECK(decoded.events == 10);
  CHECK(std::string_view(decoded.damage) == "it has more events than it should");
}

TEST_CASE("ecf: what a block cannot hold is refused, and the first such event named") {
  const std::vector<Event> sound = ecf::any_events(20, 1, 1);
  const auto refused = [&](size_t row, Event event, EcfMisfit misfit) {
    std::vector<Event> events = sound;
    events[row] = event;
    events.back() = {INT64_MIN, -1, -1, 9};
    const EcfEncoded encoded = ecf::try_encode(events, EcfMode::kRuns);
    return encoded.misfit == misfit && encoded.row == row;
  };
  const int64_t t = sound[5].t;
  CHECK(refused(5, {t, 2048, 0, 1}, EcfMisfit::kX));
  CHECK(refused(5, {t, -1, 0, 1}, EcfMisfit::kX));
  CHECK(refused(5, {t, 0, 2048, 1}, EcfMisfit::kY));
  CHECK(refused(0, {t, 0, -1, 1}, EcfMisfit::kY));
  CHECK(refused(5, {t, 0, 0, 2}, EcfMisfit::kPolarity));
  CHECK(refused(5, {t, 0, 0, -2}, EcfMisfit::kPolarity));
  CHECK(refused(5, {sound[4].t - 1, 0, 0, 1}, EcfMisfit::kTimeDecreases));
  const EcfEncoded many = ecf::try_encode(ecf::any_events(65'536, 0, 1), EcfMode::kRuns);
  CHECK(many.misfit == EcfMisfit::kTooMany);
  CHECK(many.row == 65'535);
}

TEST_CASE("ecf: the corpus' blocks are read, and written byte for byte") {
  const auto file = corpus() / "synthetic" / "ecf_chunks.json";
  if (!has(file)) return;
  const std::string json = text_of(file);
  size_t blocks = 0;
  for (size_t at = json.find("\"hex\":\""); at != std::string::npos; ++blocks) {
    at += 7;
    const size_t next = json.find("\"hex\":\"", at);
    const Block block = bytes_of_hex(std::string_view(json).substr(at, json.find('"', at) - at));
    std::vector<Event> want;
    for (const auto& row : lists(json.substr(at, next - at), "events", 4)) {
      want.push_back(
          {row[0], static_cast<int>(row[1]), static_cast<int>(row[2]), static_cast<int>(row[3])});
    }
    CHECK((ecf::decode(block, {.off = 0}) == want));
    CHECK((ecf::encode(want, static_cast<EcfMode>(static_cast<uint8_t>(block[0]) & 3)) == block));
    at = next;
  }
  CHECK(blocks == 12);
}

// A chunk has 16384 events; the modes of these are chosen as the vendor's encoder does.
TEST_CASE("ecf: a recording's events become the chunks that are in its HDF5 file") {
  const auto recording = corpus() / "real" / "faery_evt2_gen3.raw";
  const auto chunked = corpus() / "derived" / "gen3_ecf.hdf5";
  if (!has(recording) || !has(chunked)) return;
  const std::vector<Event> events = ecf::events_of(text_of(recording));
  const std::string file = text_of(chunked);
  constexpr size_t kChunk = 16'384;
  for (size_t begin = 0; begin < events.size(); begin += kChunk) {
    const auto first = events.begin() + static_cast<ptrdiff_t>(begin);
    const std::vector<Event> part(
        first, first + static_cast<ptrdiff_t>(std::min(kChunk, events.size() - begin)));
    const Block block = ecf::encode(part);
    const std::string_view text(reinterpret_cast<const char*>(block.data()), block.size());
    CHECK(file.find(text) != std::string::npos);
    CHECK((ecf::decode(block) == part));
  }
}

TEST_CASE("ecf: the mode is chosen by the first quarter of the events") {
  const auto mode_of = [](const std::vector<Event>& events) {
    return static_cast<EcfMode>(static_cast<uint8_t>(ecf::encode(events)[0]) & 3);
  };
  std::vector<Event> events;
  for (int i = 0; i < 400; ++i) events.push_back({0, 3 * i, i < 21 ? 0 : i, 1});
  CHECK(mode_of(events) == EcfMode::kPackedAll);  // 20 of the first 100 in the row before them
  events[21].y = 0;
  CHECK(mode_of(events) == EcfMode::kRuns);
  for (size_t i = 0; i < events.size(); ++i) events[i].x = i < 9 ? static_cast<int>(i) * 6 % 7 : 9;
  CHECK(mode_of(events) == EcfMode::kPackedX);
  CHECK(mode_of({}) == EcfMode::kPackedAll);
}

}  // namespace
}  // namespace evarrow::test
