// SPDX-License-Identifier: Apache-2.0
#include "containers/pictures.h"

#include <doctest/doctest.h>

#include <functional>

#include "containers/plans.h"
#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "evarrow/stream.h"

namespace evarrow::test {
namespace {

constexpr int16_t kWidth = 5, kHeight = 4;
constexpr uint64_t kFrames = 3;
constexpr int64_t kBytes = kWidth * kHeight;

uint8_t pixel(uint64_t frame, int64_t y, int64_t x) {
  return static_cast<uint8_t>(100 * frame + static_cast<uint64_t>(10 * y + x));
}

// Lines of a tile, `height` of each frame, in chunks of two frames; beyond the edges they are 255.
PictureTile put_tile(Storage& storage, uint32_t top, uint32_t left, uint32_t height,
                     uint32_t width) {
  PictureTile tile = {.top = top, .left = left, .height = height, .width = width, .channels = 1};
  tile.lines.name = "pixels";
  tile.lines.row_bytes = width;
  tile.lines.chunk_rows = 2 * uint64_t{height};
  for (uint64_t first = 0; first < kFrames; first += 2) {
    std::vector<uint8_t> values;
    for (uint64_t frame = first; frame < first + 2; ++frame) {
      for (int64_t y = top; y < top + height; ++y) {
        for (int64_t x = left; x < left + width; ++x) {
          values.push_back(y < kHeight && x < kWidth ? pixel(frame, y, x) : 255);
        }
      }
    }
    tile.lines.chunks.push_back(
        {.row = first * height, .offset = storage.put(values), .size = values.size()});
  }
  return tile;
}

// Three frames, cut into four tiles.
ChunkPlan plan_frames(Storage& storage) {
  ChunkPlan plan;
  plan.stream = "frames";
  plan.rows = kFrames;
  plan.datasets.push_back(put_column(storage, "t", std::vector<int64_t>{7, 8, 9}, kFrames));
  plan.columns.resize(kFrameFields.size(), {.dataset = kNoDataset});
  for (const FrameColumn column : {kFrameT, kFrameBegin, kFrameEnd}) plan.columns[column] = {};
  const auto make_up = [&](FrameColumn column, int64_t first, int64_t step = 0) {
    plan.columns[column].first = first;
    plan.columns[column].step = step;
  };
  make_up(kFrameWidth, kWidth);
  make_up(kFrameHeight, kHeight);
  make_up(kFrameChannels, 1);
  make_up(kFrameBits, 8);
  make_up(kFrameOffset, 0, kBytes);
  make_up(kFrameSize, kBytes);
  plan.pictures = {.width = kWidth, .height = kHeight, .channels = 1, .bits = 8};
  for (const uint32_t top : {0U, 3U}) {
    for (const uint32_t left : {0U, 3U}) {
      plan.pictures->tiles.push_back(put_tile(storage, top, left, 3, 3));
    }
  }
  return plan;
}

Recording open_frames(Storage& storage, ChunkPlan frames) {
  return open_plan(storage, {plan_of(storage, known_columns(10)), std::move(frames)}, {}, "m3ed");
}

ErrorCode code_of(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return {};
}

TEST_CASE("pictures: tiles are put together, and columns that no dataset has are made up") {
  Storage storage;
  const Recording recording = open_frames(storage, plan_frames(storage));
  const Batch table = recording.scan("frames").read();
  REQUIRE(table.size() == kFrames);
  for (size_t row = 0; row < kFrames; ++row) {
    const FramePlace place = frame_place(table, row);
    CHECK(place.width == kWidth);
    CHECK(place.offset == static_cast<int64_t>(row) * kBytes);
    CHECK(table.column<int64_t>(kFrameT)[row] == static_cast<int64_t>(row) + 7);
    const std::vector<std::byte> image = recording.image(place);
    REQUIRE(image.size() == static_cast<size_t>(kBytes));
    for (int64_t y = 0; y < kHeight; ++y) {
      for (int64_t x = 0; x < kWidth; ++x) {
        CHECK(std::to_integer<uint8_t>(image[static_cast<size_t>(y * kWidth + x)]) ==
              pixel(row, y, x));
      }
    }
  }
}

TEST_CASE("pictures: a place that is none of a frame is refused") {
  Storage storage;
  const Recording recording = open_frames(storage, plan_frames(storage));
  const FramePlace good = frame_place(recording.scan("frames").read(), 1);
  CHECK(recording.image(good).size() == static_cast<size_t>(kBytes));
  std::vector<FramePlace> wrong(6, good);
  wrong[0].offset += 1;
  wrong[1].offset = kFrames * kBytes;
  wrong[2].size += kBytes;
  wrong[3].width += 1;
  wrong[4].bits = 16;
  wrong[5].offset = -kBytes;
  for (const FramePlace& place : wrong) {
    CHECK(code_of([&] { (void)recording.image(place); }) == ErrorCode::kArgument);
  }
}

TEST_CASE("pictures: a file that ends before a tile does is damage of the frames in it") {
  Storage storage;
  ChunkPlan plan = plan_frames(storage);
  plan.pictures->tiles[3].lines.chunks[1].offset = uint64_t{1} << 40;
  const Recording recording = open_frames(storage, plan);
  const Batch table = recording.scan("frames").read();
  CHECK(recording.image(frame_place(table, 1)).size() == static_cast<size_t>(kBytes));
  CHECK(code_of([&] { (void)recording.image(frame_place(table, 2)); }) == ErrorCode::kDamaged);
}

TEST_CASE("pictures: plans that cannot be true are left out, and the events are read") {
  const std::function<void(ChunkPlan&)> lies[] = {
      [](ChunkPlan& plan) { plan.pictures->tiles.clear(); },
      [](ChunkPlan& plan) { plan.pictures->tiles[0].top = kHeight; },
      [](ChunkPlan& plan) { plan.pictures->tiles[0].channels = 0; },
      [](ChunkPlan& plan) { plan.pictures->tiles[0].width = 4; },
      [](ChunkPlan& plan) { plan.pictures->tiles[0].height = 0; },
      [](ChunkPlan& plan) { plan.pictures->bits = 12; },
      [](ChunkPlan& plan) { plan.pictures->width = -1; },
      [](ChunkPlan& plan) { plan.pictures->tiles[0].lines.chunks[0].row = 1000; },
      [](ChunkPlan& plan) { plan.columns[kFrameT].dataset = kNoDataset; },
  };
  for (const auto& lie : lies) {
    Storage storage;
    ChunkPlan plan = plan_frames(storage);
    lie(plan);
    const Recording recording = open_frames(storage, plan);
    CHECK(recording.scan().read().size() == 10);
    CHECK(recording.scan("frames").read().size() == 0);
    REQUIRE(!recording.header().notes.empty());
    CHECK(recording.header().notes.back().starts_with("the stream 'frames' is left out: "));
  }
}

}  // namespace
}  // namespace evarrow::test
