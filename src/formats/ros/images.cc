// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/images.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "containers/pixels.h"
#include "evarrow/error.h"
#include "formats/ros/nearest.h"

namespace evarrow::ros {
namespace {

constexpr uint32_t kSecond = 1'000'000'000;  // nanoseconds

// What a pixel is.
struct Pixel {
  std::string_view encoding;
  int16_t channels;
  int16_t bits;
  bool is_blue_first = false;
};

// Of https://docs.ros.org/en/api/sensor_msgs/html/image__encodings_8h_source.html those whose
// channels are known; mosaics of colour filters stay as they are.
constexpr std::array kPixels = std::to_array<Pixel>({
    {.encoding = "mono8", .channels = 1, .bits = 8},
    {.encoding = "mono16", .channels = 1, .bits = 16},
    {.encoding = "8UC1", .channels = 1, .bits = 8},
    {.encoding = "16UC1", .channels = 1, .bits = 16},
    {.encoding = "32FC1", .channels = 1, .bits = 32},
    {.encoding = "rgb8", .channels = 3, .bits = 8},
    {.encoding = "rgba8", .channels = 4, .bits = 8},
    {.encoding = "rgb16", .channels = 3, .bits = 16},
    {.encoding = "rgba16", .channels = 4, .bits = 16},
    {.encoding = "bgr8", .channels = 3, .bits = 8, .is_blue_first = true},
    {.encoding = "bgra8", .channels = 4, .bits = 8, .is_blue_first = true},
    {.encoding = "bgr16", .channels = 3, .bits = 16, .is_blue_first = true},
    {.encoding = "bgra16", .channels = 4, .bits = 16, .is_blue_first = true},
    {.encoding = "bayer_rggb8", .channels = 1, .bits = 8},
    {.encoding = "bayer_bggr8", .channels = 1, .bits = 8},
    {.encoding = "bayer_gbrg8", .channels = 1, .bits = 8},
    {.encoding = "bayer_grbg8", .channels = 1, .bits = 8},
    {.encoding = "bayer_rggb16", .channels = 1, .bits = 16},
    {.encoding = "bayer_bggr16", .channels = 1, .bits = 16},
    {.encoding = "bayer_gbrg16", .channels = 1, .bits = 16},
    {.encoding = "bayer_grbg16", .channels = 1, .bits = 16},
});

const Pixel* pixel_of(std::string_view encoding) noexcept {
  const auto found = std::ranges::find(kPixels, encoding, &Pixel::encoding);
  return found == kPixels.end() ? nullptr : &*found;
}

// An image that is a row, or would be one if it were not damaged.
struct Picture {
  uint32_t seconds = 0;
  uint32_t nanoseconds = 0;
  FramePlace place;  // its pixels in the file or, behind the end of that, in the opened chunks
  uint64_t step = 0;
  bool is_big_endian = false;
  bool is_blue_first = false;
  const char* damage = nullptr;
  uint64_t byte = 0;  // of the file, for messages
};

// As it lies in the rows of a plan.
struct Record {
  uint32_t seconds, nanoseconds;
  int64_t offset, size;
  int16_t left, top, width, height, channels, bits;
  uint32_t unused;
};
static_assert(sizeof(Record) == 40);

uint64_t bytes_of_row(const FramePlace& place) noexcept {
  return place.bytes() / static_cast<uint64_t>(place.height);
}

// Why there can be no such image; null: there can.
const char* why_not(const TopicImage& image, const ImageFront& front, Picture& picture) noexcept {
  if (front.width == 0 || front.height == 0 || front.width > INT16_MAX ||
      front.height > INT16_MAX) {
    return "its width or height cannot be";
  }
  picture.place.width = static_cast<int16_t>(front.width);
  picture.place.height = static_cast<int16_t>(front.height);
  const uint64_t row = bytes_of_row(picture.place);
  if (front.step < row) return "its rows are shorter than their pixels";
  const uint64_t size = uint64_t{front.step} * (front.height - 1) + row;
  const uint64_t room = image.size - std::min(image.size, front.begin);
  if (size > std::min(room, front.count)) return "its pixels are not all there";
  picture.place.size = static_cast<int64_t>(size);
  return nullptr;
}

Picture picture_of(const TopicImage& image, const Walk& walk, uint64_t file_size) {
  Picture picture;
  picture.byte = walk.byte_of(image.space, image.place);
  if (!image.front) {
    picture.seconds = static_cast<uint32_t>(image.time / kSecond);
    picture.nanoseconds = static_cast<uint32_t>(image.time % kSecond);
    picture.damage = "it is no message of the type sensor_msgs/Image";
    return picture;
  }
  const ImageFront& front = *image.front;
  const Pixel& pixel = *pixel_of(front.encoding);
  picture.seconds = front.seconds;
  picture.nanoseconds = front.nanoseconds;
  picture.place.channels = pixel.channels;
  picture.place.bits = pixel.bits;
  picture.step = front.step;
  picture.is_big_endian = front.is_big_endian;
  picture.is_blue_first = pixel.is_blue_first;
  picture.damage = why_not(image, front, picture);
  const uint64_t space = image.space == Space::kFile ? 0 : file_size;
  picture.place.offset = static_cast<int64_t>(space + image.place + front.begin);
  return picture;
}

// Finds and turns the pixels of what is in the table.
class Images {
 public:
  Images(std::vector<Picture> pictures, std::shared_ptr<Source> file, Walk& walk)
      : pictures_(std::move(pictures)), file_(std::move(file)) {
    std::ranges::sort(pictures_, {}, [](const Picture& one) { return one.place.offset; });
    if (pictures_.empty() || !lies_in_chunk(pictures_.back().place)) return;
    Stitching chunks;
    chunks.chunks = walk.chunks();
    chunks.opened = walk.opened();
    chunks.add(Space::kChunks, 0, walk.opened());
    chunks_ = make_stitched_source(std::move(chunks), file_);
  }

  std::vector<std::byte> read(const FramePlace& place) const {
    const auto at = std::ranges::lower_bound(pictures_, place.offset, {},
                                             [](const Picture& one) { return one.place.offset; });
    if (at == pictures_.end() || at->place != place) {
      throw Error(ErrorCode::kDamaged,
                  "there is no such image at byte " + std::to_string(place.offset),
                  static_cast<uint64_t>(place.offset));
    }
    Scratch scratch;
    const Bytes stored = read_stored(place, scratch);
    if (stored.size() < static_cast<uint64_t>(place.size)) {
      throw Error(ErrorCode::kDamaged,
                  "the file ends within the image at byte " + std::to_string(at->byte), at->byte);
    }
    std::vector<std::byte> pixels(place.bytes());
    const size_t row = bytes_of_row(place);
    for (size_t y = 0; y < static_cast<size_t>(place.height); ++y) {
      std::memcpy(pixels.data() + y * row, stored.data() + y * at->step, row);
    }
    if (at->is_big_endian) swap_bytes(pixels, static_cast<size_t>(place.bits / 8));
    if (at->is_blue_first) swap_colors(pixels, place);
    return pixels;
  }

 private:
  bool lies_in_chunk(const FramePlace& place) const noexcept {
    return static_cast<uint64_t>(place.offset) >= file_->size();
  }

  Bytes read_stored(const FramePlace& place, Scratch& scratch) const {
    const auto offset = static_cast<uint64_t>(place.offset);
    const auto size = static_cast<size_t>(place.size);
    if (lies_in_chunk(place)) return chunks_->read(offset - file_->size(), size, scratch);
    const Bytes stored = file_->read(offset, size, scratch);
    file_->check(offset + stored.size());
    return stored;
  }

  static void swap_bytes(std::span<std::byte> pixels, size_t width) noexcept {
    if (width == 1) return;
    for (size_t at = 0; at < pixels.size(); at += width) {
      std::ranges::reverse(pixels.subspan(at, width));
    }
  }

  std::vector<Picture> pictures_;  // in order of their places, none of them damaged
  std::shared_ptr<Source> file_;
  std::shared_ptr<Source> chunks_;  // once they are opened; null: no image lies in them
};

// A chunk a row: that of a damaged one has no content.
ChunkedRows store(const std::string& name, const std::vector<Picture>& pictures) {
  ChunkedRows stored = {.name = name,
                        .row_bytes = sizeof(Record),
                        .chunk_rows = 1,
                        .filters = {},
                        .chunks = {},
                        .fill = {},
                        .content = std::vector<std::byte>(pictures.size() * sizeof(Record))};
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Picture& one = pictures[i];
    const Record record = {.seconds = one.seconds,
                           .nanoseconds = one.nanoseconds,
                           .offset = one.place.offset,
                           .size = one.place.size,
                           .left = 0,
                           .top = 0,
                           .width = one.place.width,
                           .height = one.place.height,
                           .channels = one.place.channels,
                           .bits = one.place.bits,
                           .unused = 0};
    const size_t at = i * sizeof(Record);
    std::memcpy(stored.content.data() + at, &record, sizeof(record));
    const bool is_good = one.damage == nullptr;
    stored.chunks.push_back({.row = i,
                             .offset = is_good ? at : one.byte,
                             .size = is_good ? sizeof(Record) : 0,
                             .damage = one.damage});
  }
  return stored;
}

ChunkPlan plan_rows(const std::string& name, const std::vector<Picture>& pictures) {
  ChunkPlan plan;
  plan.stream = "frames";
  plan.rows = pictures.size();
  plan.datasets.push_back(store(name, pictures));
  plan.columns.assign(3, {.dataset = 0, .at = 0, .type = Stored::kStamp});
  for (uint32_t i = 0; i < 6; ++i) {
    const auto at = static_cast<uint32_t>(offsetof(Record, left) + i * sizeof(int16_t));
    plan.columns.push_back({.dataset = 0, .at = at, .type = Stored::kInt16});
  }
  for (const size_t at : {offsetof(Record, offset), offsetof(Record, size)}) {
    plan.columns.push_back({.dataset = 0, .at = static_cast<uint32_t>(at), .type = Stored::kInt64});
  }
  return plan;
}

// That of an image whose pixels are not read; empty if they are, or if it is none.
std::string_view unread_encoding(const TopicImage& image) noexcept {
  if (!image.front || pixel_of(image.front->encoding) != nullptr) return {};
  return image.front->encoding.empty() ? "none" : std::string_view(image.front->encoding);
}

// Images that are none of the table.
void note_unread(const Walk& walk, Header& header) {
  struct Unread {
    std::string_view encoding;  // of the first
    uint64_t count = 0;
  };
  std::map<uint32_t, Unread> unread;  // by topic
  for (const TopicImage& image : walk.images()) {
    const std::string_view encoding = unread_encoding(image);
    if (encoding.empty()) continue;
    Unread& of_topic = unread[image.topic];
    if (of_topic.count++ == 0) of_topic.encoding = encoding;
  }
  for (const auto& [id, found] : unread) {
    const auto topic = std::ranges::find(walk.topics(), id, &Topic::id);
    header.notes.push_back(std::to_string(found.count) + (found.count == 1 ? " image" : " images") +
                           " of the topic " + topic->name + " left out: the encoding '" +
                           std::string(found.encoding) + "' is not read");
  }
}

}  // namespace

std::string_view encoding_of(const FramePlace& place) noexcept {
  const auto found = std::ranges::find_if(kPixels, [&](const Pixel& pixel) {
    return pixel.channels == place.channels && pixel.bits == place.bits && !pixel.is_blue_first;
  });
  return found == kPixels.end() ? std::string_view() : found->encoding;
}

std::optional<ImagesPlan> plan_images(Walk& walk, const Topic* events,
                                      const std::shared_ptr<Source>& file, Header& header) {
  note_unread(walk, header);
  std::set<uint32_t> ids;
  for (const TopicImage& image : walk.images()) {
    if (unread_encoding(image).empty()) ids.insert(image.topic);
  }
  const Topic* topic = nearest_topic(walk, events, ids);
  if (topic == nullptr) return {};
  header.fields.emplace_back("frames_topic", topic->name);
  std::vector<Picture> pictures;
  for (const TopicImage& image : walk.images()) {
    if (image.topic == topic->id && unread_encoding(image).empty()) {
      pictures.push_back(picture_of(image, walk, file->size()));
    }
  }
  std::ranges::stable_sort(
      pictures, {}, [](const Picture& one) { return std::pair(one.seconds, one.nanoseconds); });
  ImagesPlan plan = {.rows = plan_rows(topic->name, pictures), .read_image = {}};
  std::erase_if(pictures, [](const Picture& one) { return one.damage != nullptr; });
  auto images = std::make_shared<const Images>(std::move(pictures), file, walk);
  plan.read_image = [images](const FramePlace& place) { return images->read(place); };
  return plan;
}

}  // namespace evarrow::ros
