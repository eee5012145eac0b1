// SPDX-License-Identifier: Apache-2.0
#include "containers/pictures.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "containers/container.h"
#include "containers/pixels.h"
#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr uint64_t kModestPicture = uint64_t{1} << 26;  // bytes, which need no proof

FramePlace place_of(const StoredPictures& pictures) noexcept {
  return {.width = pictures.width,
          .height = pictures.height,
          .channels = pictures.channels,
          .bits = pictures.bits};
}

bool is_sound(const PictureTile& tile, const StoredPictures& pictures) noexcept {
  const auto inside = [](uint32_t begin, uint32_t size, int16_t end) {
    return begin < static_cast<uint32_t>(end) && size > 0;
  };
  const uint64_t values = uint64_t{tile.width} * tile.channels;
  return inside(tile.top, tile.height, pictures.height) &&
         inside(tile.left, tile.width, pictures.width) &&
         inside(tile.channel, tile.channels, pictures.channels) && values <= UINT32_MAX &&
         values * static_cast<uint64_t>(pictures.bits / 8) == tile.lines.row_bytes;
}

// Whether a place is that of one of so many frames.
bool is_place(const FramePlace& place, const StoredPictures& pictures, uint64_t frames) noexcept {
  return place.width == pictures.width && place.height == pictures.height &&
         place.channels == pictures.channels && place.bits == pictures.bits &&
         std::cmp_equal(place.size, place.bytes()) && place.offset >= 0 &&
         place.offset % place.size == 0 && std::cmp_less(place.offset / place.size, frames);
}

// A picture while it is put together.
struct Canvas {
  const StoredPictures& pictures;
  std::vector<std::byte> pixels;

  void put(const PictureTile& tile, size_t line, const std::byte* from) noexcept {
    const auto value = static_cast<size_t>(pictures.bits / 8);
    const auto pixel = static_cast<size_t>(pictures.channels) * value;
    const auto rest = [](int16_t end, uint32_t begin) {
      return static_cast<uint32_t>(end) - begin;
    };
    const size_t width = std::min(tile.width, rest(pictures.width, tile.left));
    const size_t part = std::min(tile.channels, rest(pictures.channels, tile.channel)) * value;
    const size_t step = tile.channels * value;
    const size_t row = (tile.top + line) * static_cast<size_t>(pictures.width) + tile.left;
    std::byte* to = pixels.data() + row * pixel + tile.channel * value;
    if (part == pixel && step == pixel) {
      std::memcpy(to, from, width * pixel);
      return;
    }
    for (size_t i = 0; i < width; ++i) std::memcpy(to + i * pixel, from + i * step, part);
  }
};

[[noreturn]] void refuse_frame(const ChunkCache& lines, uint64_t frame, uint64_t row,
                               const std::string& why) {
  throw Error(
      ErrorCode::kDamaged,
      "frame " + std::to_string(frame) + " in '" + lines.name() + "' cannot be decoded: " + why,
      lines.byte_of(row, 0).value_or(Error::kNoOffset));
}

void put_tile(Canvas& canvas, const PictureTile& tile, ChunkCache& lines, uint64_t frame) {
  const uint64_t first = frame * tile.height;
  const auto below = static_cast<uint32_t>(canvas.pictures.height) - tile.top;
  const size_t height = std::min(tile.height, below);
  ChunkCache::Rows rows;
  for (size_t line = 0; line < height; ++line) {
    const uint64_t row = first + line;
    if (!rows.holds(row)) {
      rows = {};  // gives its memory back first
      rows = lines.rows_at(row);
    }
    if (rows.damage() != nullptr) refuse_frame(lines, frame, row, rows.damage());
    canvas.put(tile, line, rows.values({}, row).first);
  }
}

}  // namespace

std::vector<std::unique_ptr<ChunkCache>> open_tiles(StoredPictures& pictures, uint64_t rows,
                                                    Source& file) {
  const uint64_t bytes = place_of(pictures).bytes();
  bool sound = bytes != 0 && !pictures.tiles.empty() &&
               rows <= static_cast<uint64_t>(INT64_MAX) / std::max<uint64_t>(bytes, 1);
  std::vector<std::unique_ptr<ChunkCache>> tiles;
  for (PictureTile& tile : pictures.tiles) {
    sound = sound && is_sound(tile, pictures) && rows <= UINT64_MAX / tile.height;
    if (!sound) break;
    tiles.push_back(std::make_unique<ChunkCache>(std::move(tile.lines), rows * tile.height, file));
  }
  if (!sound)
    throw Error(ErrorCode::kFormat, "the pictures of its frames cannot be as they are said to be");
  return tiles;
}

std::vector<std::byte> read_picture(const Container& container, const FramePlace& place) {
  const auto& stored = container.plan.pictures;
  if (!stored || !is_place(place, *stored, container.plan.rows)) {
    throw Error(ErrorCode::kArgument, "there can be no such frame");
  }
  const StoredPictures& pictures = *stored;
  const auto frame = static_cast<uint64_t>(place.offset / place.size);
  uint64_t most = kModestPicture;
  for (size_t i = 0; i < pictures.tiles.size(); ++i) {
    most += container.tiles[i]->most_bytes(frame * pictures.tiles[i].height);
  }
  if (place.bytes() > most) {
    const uint64_t row = frame * pictures.tiles[0].height;
    refuse_frame(*container.tiles[0], frame, row, "the file is too small for its pixels");
  }
  Canvas canvas = {.pictures = pictures, .pixels = std::vector<std::byte>(place.bytes())};
  for (size_t i = 0; i < pictures.tiles.size(); ++i) {
    put_tile(canvas, pictures.tiles[i], *container.tiles[i], frame);
  }
  if (pictures.blue_first) swap_colors(canvas.pixels, place);
  return std::move(canvas.pixels);
}

}  // namespace evarrow
