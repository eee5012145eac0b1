// SPDX-License-Identifier: Apache-2.0
// The pixels of a frame of a DAVIS, out of the readings among its events.
#include "formats/aedat/jaer_image.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "evarrow/error.h"
#include "formats/aedat/jaer_words.h"
#include "formats/aedat/readings.h"
#include "io/source.h"

namespace evarrow::aedat {
namespace {

constexpr size_t kRecord = kAddressOf2 + sizeof(uint32_t);
constexpr size_t kColumns = 1024;  // that an address can name
constexpr size_t kRows = 512;

// The last readings of each pixel, and the rectangle that they fill.
class Picture {
 public:
  Picture() : resets_(kColumns * kRows, kNone), signals_(kColumns * kRows, kNone) {}

  void add(uint32_t address) {
    if (Davis::kind(address) != Kind::kReading) return;
    (is_signal(address) ? signals_ : resets_)[pixel_of(address)] =
        static_cast<uint16_t>(reading_value(address));
    const auto x = static_cast<size_t>(Davis::x(address));
    const auto y = static_cast<size_t>(Davis::y(address));
    left_ = std::min(left_, x);
    top_ = std::min(top_, y);
    right_ = std::max(right_, x + 1);
    bottom_ = std::max(bottom_, y + 1);
  }

  // The differences, row by row; none if the rectangle is another one or a reading is not there.
  std::vector<std::byte> image(size_t width, size_t height, const DecodeOptions& options) const {
    if (right_ != left_ + width || bottom_ != top_ + height) return {};
    std::vector<uint16_t> differences(width * height);
    for (size_t y = 0; y < height; ++y) {
      for (size_t x = 0; x < width; ++x) {
        const size_t pixel = (top_ + y) * kColumns + left_ + x;
        const uint16_t reset = resets_[pixel];
        const uint16_t signal = signals_[pixel];
        if (reset == kNone || signal == kNone) return {};
        const size_t column = options.mirror_x ? width - 1 - x : x;
        const size_t row = options.mirror_y ? height - 1 - y : y;
        differences[row * width + column] =
            reset > signal ? static_cast<uint16_t>(reset - signal) : uint16_t{0};
      }
    }
    std::vector<std::byte> bytes(differences.size() * sizeof(uint16_t));
    std::memcpy(bytes.data(), differences.data(), bytes.size());
    return bytes;
  }

 private:
  static constexpr uint16_t kNone = 0xFFFF;

  std::vector<uint16_t> resets_, signals_;
  size_t left_ = kColumns, top_ = kRows, right_ = 0, bottom_ = 0;
};

}  // namespace

std::vector<std::byte> read_jaer_image(Source& file, const FramePlace& place,
                                       const DecodeOptions& options) {
  constexpr uint64_t kPiece = uint64_t{1} << 17 << 3;  // whole records
  const auto offset = static_cast<uint64_t>(place.offset);
  const uint64_t size = static_cast<uint64_t>(place.size) / kRecord * kRecord;
  const auto width = static_cast<size_t>(place.width);
  const auto height = static_cast<size_t>(place.height);
  std::vector<std::byte> image;
  const bool is_there = offset <= file.size() && size <= file.size() - offset &&
                        width <= kColumns && height <= kRows && place.channels == 1 &&
                        place.bits == 16 && size / (2 * kRecord) >= uint64_t{width} * height;
  if (is_there) {
    Picture picture;
    Scratch scratch;
    for (uint64_t at = 0; at < size;) {
      const Bytes bytes = file.read(offset + at, std::min(kPiece, size - at), scratch);
      if (bytes.size() < kRecord) break;
      file.check(offset + at + bytes.size());
      const auto* records = reinterpret_cast<const uint8_t*>(bytes.data());
      const size_t whole = bytes.size() / kRecord;
      for (size_t i = 0; i < whole; ++i) {
        picture.add(big_endian<kAddressOf2>(records + i * kRecord));
      }
      at += whole * kRecord;
    }
    image = picture.image(width, height, options);
  }
  if (image.empty()) {
    throw Error(
        ErrorCode::kDamaged,
        "there are not two readings of each pixel of the frame at byte " + std::to_string(offset),
        offset);
  }
  return image;
}

}  // namespace evarrow::aedat
