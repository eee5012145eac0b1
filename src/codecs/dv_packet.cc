// SPDX-License-Identifier: Apache-2.0
#include "codecs/dv_packet.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/flatbuffer.h"
#include "codecs/frames.h"
#include "codecs/libraries.h"

namespace evarrow::codecs {
namespace {

constexpr size_t kElements = 0;        // the field of the root that all packets have
constexpr size_t kSampleNumbers = 10;  // of a sample, beside its time
constexpr size_t kFront = 256;         // bytes that tell how many events there are
constexpr size_t kAround = 64 << 10;   // bytes of a packet that are no events, at most
constexpr size_t kMostPacket = size_t{1} << 30;
constexpr size_t kMostGrowth = 1100;  // of all bytes; that of zstd has no end but is less in fact

// The FlatBuffer behind its size, or what there is of it.
Bytes without_size(Bytes bytes) noexcept {
  uint32_t size = 0;
  if (bytes.size() < sizeof(size)) return {};
  std::memcpy(&size, bytes.data(), sizeof(size));
  return bytes.subspan(sizeof(size), std::min<size_t>(size, bytes.size() - sizeof(size)));
}

bool is_lz4(DvCompression compression) noexcept {
  return compression == DvCompression::kLz4 || compression == DvCompression::kLz4High;
}

Stage decompress(DvCompression compression, Bytes in, Room out, Scratch& scratch) noexcept {
  return is_lz4(compression) ? undo_lz4_frame(in, out) : undo_zstd(in, out, {}, scratch);
}

}  // namespace

const char* why_unsupported(DvCompression compression) noexcept {
  switch (compression) {
    case DvCompression::kNone:
      return nullptr;
    case DvCompression::kLz4:
    case DvCompression::kLz4High:
      return why_unsupported(Filter{.id = kLz4, .values = {}});
    case DvCompression::kZstd:
    case DvCompression::kZstdHigh:
      return why_unsupported(Filter{.id = kZstd, .values = {}});
  }
  return "it is none that AEDAT 4 has";
}

Bytes open_dv_packet(DvCompression compression, Bytes in, Scratch& scratch) noexcept {
  if (compression == DvCompression::kNone) return without_size(in);
  const size_t most = std::min(kMostPacket, in.size() * kMostGrowth + kAround);
  // Most grow by less than eight times; the rest is tried again.
  for (size_t bytes = std::min(most, 8 * in.size() + kAround);; bytes = std::min(most, 8 * bytes)) {
    std::byte* memory = scratch.room(kStagePiece, bytes);
    if (memory == nullptr) return {};
    const Stage stage = decompress(compression, in, {memory, bytes}, scratch);
    if (stage.outcome == Outcome::kDone) return without_size({memory, stage.bytes});
    if (bytes == most) return {};
  }
}

uint64_t most_dv_elements(const DvElements& elements, uint64_t size) noexcept {
  return std::min<uint64_t>(kMostPacket, size * kMostGrowth + kAround) / elements.bytes;
}

std::optional<uint32_t> count_dv_elements(const DvElements& elements, DvCompression compression,
                                          Bytes in, Scratch& scratch) noexcept {
  std::array<std::byte, kFront> front;
  Bytes bytes = in;
  if (compression != DvCompression::kNone) {
    const Stage stage =
        is_lz4(compression) ? begin_lz4_frame(in, front) : begin_zstd_frame(in, front, scratch);
    if (stage.outcome != Outcome::kDone) return {};
    bytes = Bytes(front).first(stage.bytes);
  }
  const auto root = FlatTable::root(without_size(bytes), elements.identifier);
  return root ? root->length(kElements) : std::nullopt;
}

Stage undo_dv_events(Bytes in, Room out, Values values, Scratch& scratch) noexcept {
  const auto compression = static_cast<DvCompression>(values.empty() ? 0 : values[0]);
  Bytes packet = in;
  if (compression != DvCompression::kNone) {
    const size_t bytes = out.size() + kAround;
    std::byte* memory = scratch.room(kStagePiece, bytes);
    if (memory == nullptr) return no_memory();
    const Stage stage = decompress(compression, in, {memory, bytes}, scratch);
    if (stage.outcome != Outcome::kDone) return stage;
    packet = {memory, stage.bytes};
  }
  const auto root = FlatTable::root(without_size(packet), "EVTS");
  if (!root) return damaged("it is no packet of events");
  const auto events = root->vector(kElements, kDvEvent);
  if (!events) return damaged("its events go past its end");
  if (events->size() > out.size()) return damaged("it has more events than it should");
  return {.bytes = events->size(), .at = events->data()};
}

Stage undo_dv_imu(Bytes in, Room out, Values values, Scratch& scratch) noexcept {
  const auto compression = static_cast<DvCompression>(values.empty() ? 0 : values[0]);
  const Bytes packet = open_dv_packet(compression, in, scratch);
  const auto root = FlatTable::root(packet, kSampleElements.identifier);
  if (!root) return damaged("it is no packet of samples");
  const auto samples = root->vector(kElements, kSampleElements.bytes);
  if (!samples) return damaged("its samples go past its end");
  const size_t count = samples->size() / kSampleElements.bytes;
  if (count > out.size() / kDvSample) return damaged("it has more samples than it should");
  for (size_t i = 0; i < count; ++i) {
    const auto sample = root->table(kElements, i);
    if (!sample) return damaged("one of its samples is not in it");
    std::byte* to = out.data() + i * kDvSample;
    const auto t = sample->number<int64_t>(0, 0);
    std::memcpy(to, &t, sizeof(t));
    for (size_t field = 1; field <= kSampleNumbers; ++field) {
      const auto value = sample->number<float>(field, 0);
      std::memcpy(to + kAtTemperature + (field - 1) * sizeof(value), &value, sizeof(value));
    }
  }
  return {.bytes = count * kDvSample};
}

}  // namespace evarrow::codecs
