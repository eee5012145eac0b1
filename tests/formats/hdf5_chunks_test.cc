// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "codecs/filters.h"
#include "evarrow/chunk_encoder.h"
#include "evarrow/error.h"
#include "io/errors.h"

namespace evarrow {
namespace {

using test::error_of;

struct Chunk {
  uint32_t dataset;
  uint64_t row;
  uint32_t skipped;
  std::vector<std::byte> bytes;
};

EventBatch events_of(const std::vector<int64_t>& times) {
  EventBatch events(times.size());
  for (size_t i = 0; i < times.size(); ++i) {
    events.x()[i] = static_cast<int16_t>(i + 1);
    events.y()[i] = static_cast<int16_t>(2 * i);
    events.t()[i] = times[i];
    events.polarity()[i] = i % 2 == 0 ? int8_t{1} : int8_t{-1};
  }
  events.resize(times.size());
  return events;
}

ChunkEncoder::Put keep_in(std::vector<Chunk>& chunks) {
  return [&](const EncodedChunk& chunk) {
    chunks.push_back({.dataset = chunk.dataset,
                      .row = chunk.row,
                      .skipped = chunk.skipped,
                      .bytes = {chunk.bytes.begin(), chunk.bytes.end()}});
  };
}

template <typename T>
std::vector<T> values_of(const Chunk& chunk) {
  std::vector<T> values(chunk.bytes.size() / sizeof(T));
  std::memcpy(values.data(), chunk.bytes.data(), values.size() * sizeof(T));
  return values;
}

std::vector<uint64_t> rows_of(const std::vector<PeriodStart>& starts) {
  std::vector<uint64_t> rows;
  rows.reserve(starts.size());
  for (const PeriodStart& start : starts) rows.push_back(start.row);
  return rows;
}

}  // namespace

TEST_CASE("hdf5 chunks: columns of DSEC behind the first time, filled up with zeros") {
  ChunkEncoder encoder({.layout = "dsec", .rows = 2});
  std::vector<Chunk> chunks;
  encoder.encode(events_of({-5, 0, 7}), keep_in(chunks));
  encoder.finish(keep_in(chunks));
  CHECK(encoder.events() == 3);
  CHECK(encoder.time_offset() == -5);
  REQUIRE(chunks.size() == 8);
  CHECK(chunks[5].dataset == 1);
  CHECK(chunks[5].row == 2);
  CHECK(values_of<uint16_t>(chunks[0]) == std::vector<uint16_t>{1, 2});
  CHECK(values_of<uint16_t>(chunks[5]) == std::vector<uint16_t>{4, 0});
  CHECK(values_of<uint32_t>(chunks[2]) == std::vector<uint32_t>{0, 5});
  CHECK(values_of<uint32_t>(chunks[6]) == std::vector<uint32_t>{12, 0});
  CHECK(values_of<uint8_t>(chunks[3]) == std::vector<uint8_t>{1, 0});
}

TEST_CASE("hdf5 chunks: what blosc made comes back") {
  if (codecs::why_unsupported({.id = codecs::kBlosc, .values = {}}) != nullptr) return;
  ChunkEncoder encoder({.layout = "dsec", .compression = "zstd", .level = 9, .rows = 1000});
  std::vector<int64_t> times(1000);
  for (size_t i = 0; i < times.size(); ++i) times[i] = static_cast<int64_t>(3 * i);
  std::vector<Chunk> chunks;
  encoder.encode(events_of(times), keep_in(chunks));
  encoder.finish(keep_in(chunks));
  REQUIRE(chunks.size() == 4);
  CHECK(chunks[2].bytes.size() < 3000);
  std::vector<uint32_t> back(1000);
  codecs::Scratch scratch;
  const codecs::Filter blosc = {.id = codecs::kBlosc, .values = {}};
  const codecs::Undone undone = codecs::undo_filters(
      {&blosc, 1}, 0, chunks[2].bytes, std::as_writable_bytes(std::span(back)), scratch);
  REQUIRE(undone.bytes.size() == 4000);
  std::memcpy(back.data(), undone.bytes.data(), 4000);
  CHECK(back[999] == 2997);
}

TEST_CASE("hdf5 chunks: the starts of periods are noted however the events are cut") {
  ChunkEncoder encoder({.layout = "prophesee-hdf5", .rows = 4, .period = 10});
  encoder.encode(events_of({100, 109}), {});
  CHECK(rows_of(encoder.take_starts()) == std::vector<uint64_t>{0});
  encoder.encode(events_of({105, 110, 99, 145}), [](const EncodedChunk&) {});
  const std::vector<PeriodStart> starts = encoder.take_starts();
  CHECK(rows_of(starts) == std::vector<uint64_t>{3, 5, 5, 5});
  CHECK(starts.back().t == 145);
  CHECK(encoder.take_starts().empty());
}

TEST_CASE("hdf5 chunks: times from one end of 64 bits to the other") {
  ChunkEncoder encoder({.layout = "prophesee-hdf5", .rows = 4, .period = INT64_MAX});
  encoder.encode(events_of({INT64_MIN, 0, INT64_MAX}), {});
  CHECK(rows_of(encoder.take_starts()) == std::vector<uint64_t>{0, 1, 2});
  ChunkEncoder dsec({.layout = "dsec", .rows = 4});
  CHECK_THROWS_AS(dsec.encode(events_of({INT64_MIN, INT64_MAX}), {}), Error);
}

TEST_CASE("hdf5 chunks: a row that cannot be held is named by its number from the first call") {
  for (const char* layout : {"dsec", "prophesee-hdf5"}) {
    ChunkEncoder encoder({.layout = layout, .rows = 100});
    encoder.encode(events_of({0, 1}), {});
    EventBatch events = events_of({2, 3});
    events.polarity()[1] = 2;
    const auto error = error_of([&] { encoder.encode(events, {}); });
    CHECK(error.value().code() == ErrorCode::kArgument);
    CHECK(std::string(error.value().what()).starts_with("row 3 of the events"));
  }
}

TEST_CASE("hdf5 chunks: nonsense is refused") {
  for (const ChunkOptions& options :
       {ChunkOptions{.layout = "m3ed"}, ChunkOptions{.layout = "dsec", .compression = "ecf"},
        ChunkOptions{.layout = "dsec", .level = 0}, ChunkOptions{.layout = "dsec", .rows = 0},
        ChunkOptions{.layout = "dsec", .period = 0},
        ChunkOptions{.layout = "prophesee-hdf5", .compression = "zstd"},
        ChunkOptions{.layout = "prophesee-hdf5", .compression = "ecf", .rows = 65'536}}) {
    CHECK_THROWS_AS(ChunkEncoder{options}, Error);
  }
}

TEST_CASE("hdf5 chunks: they depend neither on threads nor on how many events come at once") {
  constexpr size_t kRows = 1'100'000;  // more than are gathered before chunks are made
  std::vector<int64_t> times(kRows);
  for (size_t i = 0; i < kRows; ++i) times[i] = static_cast<int64_t>(i / 3);
  EventBatch events = events_of(times);
  for (size_t i = 0; i < kRows; ++i) {
    events.x()[i] = static_cast<int16_t>(i % 640);
    events.y()[i] = static_cast<int16_t>(i / 640 % 480);
  }
  for (const char* layout : {"dsec", "prophesee-hdf5"}) {
    const auto chunks_of = [&](int threads, size_t at_once) {
      ChunkEncoder encoder({.layout = layout, .rows = 10'000, .threads = threads});
      std::vector<Chunk> chunks;
      const auto put = [&](const EncodedChunk& chunk) {
        CHECK(chunk.row < encoder.events());
        keep_in(chunks)(chunk);
      };
      for (size_t i = 0; i < kRows; i += at_once) {
        encoder.encode(EventBatch(events.slice(i, std::min(at_once, kRows - i))), put);
      }
      encoder.finish(put);
      return chunks;
    };
    const std::vector<Chunk> want = chunks_of(1, kRows);
    CHECK(want.size() == kRows / 10'000 * (layout == std::string("dsec") ? 4 : 1));
    for (const auto& [threads, at_once] :
         {std::pair{3, kRows}, std::pair{1, size_t{9'999}}, std::pair{2, size_t{700'001}}}) {
      const std::vector<Chunk> chunks = chunks_of(threads, at_once);
      REQUIRE(chunks.size() == want.size());
      bool same = true;
      for (size_t i = 0; i < chunks.size(); ++i) {
        same = same && chunks[i].dataset == want[i].dataset && chunks[i].row == want[i].row &&
               chunks[i].bytes == want[i].bytes;
      }
      CHECK(same);
    }
  }
}

}  // namespace evarrow
