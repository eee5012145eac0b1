// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "codecs/dv_packet.h"
#include "codecs/flatbuffer.h"

namespace evarrow::codecs {
namespace {

// The fields of a frame.
enum Field : size_t {
  kT = 0,
  kExposureBegin = 3,
  kExposureEnd = 4,
  kType = 5,
  kWidth = 6,
  kHeight = 7,
  kLeft = 8,
  kTop = 9,
  kPixels = 10,
  kExposure = 11
};

// As it lies in the rows of a plan.
struct Record {
  int64_t t, begin, end;
  int16_t left, top, width, height, channels, bits;
  uint32_t unused;
};
static_assert(sizeof(Record) == kDvFrameRecord && offsetof(Record, begin) == kAtExposure &&
              offsetof(Record, left) == kAtLeft);

// Of the types of OpenCV, which have the kind of the numbers in bits 2..0 and one less than the
// channels above: 8 and 16 bits without a sign, and 32-bit floats.
constexpr uint8_t kBytes = 0, kWords = 2, kFloats = 5;
constexpr int kChannelsAt = 3;

int16_t bits_of(uint8_t type) noexcept {
  switch (type & 7) {
    case kBytes:
      return 8;
    case kWords:
      return 16;
    case kFloats:
      return 32;
    default:
      return 0;
  }
}

Record record_of(const FlatTable& frame) noexcept {
  const auto type = static_cast<uint8_t>(frame.number<int8_t>(kType, 0));
  Record record = {.t = frame.number<int64_t>(kT, 0),
                   .begin = frame.number<int64_t>(kExposureBegin, 0),
                   .end = frame.number<int64_t>(kExposureEnd, 0),
                   .left = frame.number<int16_t>(kLeft, 0),
                   .top = frame.number<int16_t>(kTop, 0),
                   .width = frame.number<int16_t>(kWidth, 0),
                   .height = frame.number<int16_t>(kHeight, 0),
                   .channels = static_cast<int16_t>((type >> kChannelsAt) + 1),
                   .bits = bits_of(type),
                   .unused = 0};
  // Newer files have how long the exposure was and not when it ended.
  if (record.begin == 0 && record.end == 0) {
    record.begin = record.t;
    if (__builtin_add_overflow(record.t, frame.number<int64_t>(kExposure, 0), &record.end)) {
      record.end = record.t;
    }
  }
  return record;
}

}  // namespace

int8_t dv_frame_type(const FramePlace& place) noexcept {
  const uint8_t kind = place.bits == 8 ? kBytes : place.bits == 16 ? kWords : kFloats;
  return static_cast<int8_t>((place.channels - 1) << kChannelsAt | kind);
}

Stage undo_dv_frame(Bytes in, Room out, Values values, Scratch& scratch) noexcept {
  const auto compression = static_cast<DvCompression>(values.empty() ? 0 : values[0]);
  const Bytes packet = open_dv_packet(compression, in, scratch);
  const auto frame = FlatTable::root(packet, kFrameElements.identifier);
  if (!frame) return damaged("it is no packet of a frame");
  const Record record = record_of(*frame);
  if (record.bits == 0) return damaged("its pixels are of a type that is not read");
  const FramePlace place = {.width = record.width,
                            .height = record.height,
                            .channels = record.channels,
                            .bits = record.bits};
  const auto pixels = frame->vector(kPixels, 1);
  if (!pixels || place.bytes() == 0 || pixels->size() < place.bytes()) {
    return damaged("its pixels are not all there");
  }
  if (out.size() < sizeof(record)) return damaged("it has no row");
  std::memcpy(out.data(), &record, sizeof(record));
  return {.bytes = sizeof(record)};
}

Bytes dv_pixels(DvCompression compression, Bytes in, Scratch& scratch) noexcept {
  const auto frame =
      FlatTable::root(open_dv_packet(compression, in, scratch), kFrameElements.identifier);
  return frame ? frame->vector(kPixels, 1).value_or(Bytes()) : Bytes();
}

}  // namespace evarrow::codecs
