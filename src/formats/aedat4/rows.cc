// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codecs/filters.h"
#include "codecs/flatbuffer.h"

namespace evarrow::aedat4 {
namespace {

using codecs::DvCompression;

constexpr size_t kFrontOfPacket = 4096;  // bytes that tell how many elements it holds
constexpr uint32_t kAtX = 8, kAtY = 10, kAtPolarity = 12;  // of the record of an event

// Streams whose packets are chunks of rows.
struct Rows {
  std::string_view stream;
  codecs::DvElements elements;
  codecs::FilterId filter;
  uint32_t bytes;       // of a row
  bool single = false;  // a packet holds one element, which is its root
};
constexpr Rows kEvents = {.stream = "events",
                          .elements = codecs::kEventElements,
                          .filter = codecs::kDvEvents,
                          .bytes = codecs::kDvEvent};
constexpr Rows kImu = {.stream = "imu",
                       .elements = codecs::kSampleElements,
                       .filter = codecs::kDvImu,
                       .bytes = codecs::kDvSample};
constexpr Rows kFrames = {.stream = "frames",
                          .elements = codecs::kFrameElements,
                          .filter = codecs::kDvFrame,
                          .bytes = codecs::kDvFrameRecord,
                          .single = true};

// How many elements a packet holds; nothing if that cannot be told.
std::optional<uint64_t> count_elements(Source& file, const Packet& packet,
                                       const codecs::DvElements& elements,
                                       DvCompression compression, Scratch& scratch,
                                       codecs::Scratch& memory) {
  const bool is_zstd =
      compression == DvCompression::kZstd || compression == DvCompression::kZstdHigh;
  const uint64_t front = is_zstd ? packet.size : std::min<uint64_t>(packet.size, kFrontOfPacket);
  const Bytes stored = file.read(packet.offset, front, scratch);
  const auto told = codecs::count_dv_elements(elements, compression, stored, memory);
  if (told) return *told;
  const Bytes whole = file.read(packet.offset, packet.size, scratch);
  const Bytes opened = codecs::open_dv_packet(compression, whole, memory);
  const auto root = codecs::FlatTable::root(opened, elements.identifier);
  const auto all = root ? root->vector(0, elements.bytes) : std::nullopt;
  if (!all) return {};
  return all->size() / elements.bytes;
}

// The packets of one stream as chunks of rows; which column is where is still to be said.
ChunkPlan plan_rows(const Layout& file, const StreamInfo& stream, const Rows& kind) {
  const Packets& packets = file.packets;
  const DvCompression compression = file.compression;
  ChunkedRows rows = {
      .name = stream.name.empty() ? std::string(kind.stream) : stream.name,
      .row_bytes = kind.bytes,
      .chunk_rows = 1,
      .filters = {{.id = kind.filter, .values = {static_cast<uint32_t>(compression)}}},
      .chunks = {},
      .fill = {},
      .content = {}};
  ChunkPlan plan;
  plan.stream = kind.stream;
  Scratch scratch;
  codecs::Scratch memory;
  bool knows_times = packets.have_elements;
  for (const Packet& packet : packets.all) {
    if (packet.stream != stream.id) continue;
    std::optional<uint64_t> counted = packet.elements;
    if (kind.single) {
      counted = 1;
    } else if (!packets.have_elements) {
      counted = count_elements(file.bytes, packet, kind.elements, compression, scratch, memory);
    }
    // A packet of which nothing is known is a row of its own, which is damage when it is decoded.
    const bool possible =
        counted && *counted <= codecs::most_dv_elements(kind.elements, packet.size);
    const uint64_t count = possible ? *counted : 1;
    if (count == 0) continue;
    rows.chunks.push_back({.row = plan.rows, .offset = packet.offset, .size = packet.size});
    rows.chunk_rows = std::max(rows.chunk_rows, count);
    plan.times.push_back({.row = plan.rows, .first = packet.first, .last = packet.last});
    knows_times = knows_times && packet.first <= packet.last;
    plan.rows += count;
  }
  if (!knows_times) plan.times.clear();
  plan.truncated = packets.truncated;
  plan.datasets.push_back(std::move(rows));
  return plan;
}

}  // namespace

ChunkPlan plan_events(const Layout& file, const StreamInfo& stream) {
  ChunkPlan plan = plan_rows(file, stream, kEvents);
  plan.columns = {{.dataset = 0, .at = kAtX, .type = Stored::kInt16},
                  {.dataset = 0, .at = kAtY, .type = Stored::kInt16},
                  {.dataset = 0, .at = 0, .type = Stored::kInt64},
                  {.dataset = 0, .at = kAtPolarity, .type = Stored::kUint8}};
  return plan;
}

ChunkPlan plan_imu(const Layout& file, const StreamInfo& stream) {
  ChunkPlan plan = plan_rows(file, stream, kImu);
  plan.columns = {{.dataset = 0, .at = 0, .type = Stored::kInt64}};
  const auto add = [&](uint32_t at, uint32_t numbers, double unit) {
    for (uint32_t i = 0; i < numbers; ++i) {
      const auto place = static_cast<uint32_t>(at + i * sizeof(float));
      plan.columns.push_back({.dataset = 0, .at = place, .type = Stored::kFloat32, .unit = unit});
    }
  };
  add(codecs::kAtAccel, 3, kStandardGravity);
  add(codecs::kAtGyro, 3, kRadiansPerDegree);
  add(codecs::kAtMag, 3, kTeslaPerMicrotesla);
  add(codecs::kAtTemperature, 1, 1);
  return plan;
}

ChunkPlan plan_frames(const Layout& file, const StreamInfo& stream) {
  ChunkPlan plan = plan_rows(file, stream, kFrames);
  plan.columns = {{.dataset = 0, .at = 0, .type = Stored::kInt64}};
  for (uint32_t i = 0; i < 2; ++i) {
    const auto at = static_cast<uint32_t>(codecs::kAtExposure + i * sizeof(int64_t));
    plan.columns.push_back({.dataset = 0, .at = at, .type = Stored::kInt64});
  }
  for (uint32_t i = 0; i < 6; ++i) {
    const auto at = static_cast<uint32_t>(codecs::kAtLeft + i * sizeof(int16_t));
    plan.columns.push_back({.dataset = 0, .at = at, .type = Stored::kInt16});
  }
  // Their packets are where the pixels are.
  std::vector<std::array<uint64_t, 2>> places;
  for (const Chunk& chunk : plan.datasets[0].chunks) places.push_back({chunk.offset, chunk.size});
  const size_t bytes = places.size() * sizeof(places[0]);
  ChunkedRows stored = {.name = "packets",
                        .row_bytes = sizeof(places[0]),
                        .chunk_rows = std::max<size_t>(places.size(), 1),
                        .filters = {},
                        .chunks = {},
                        .fill = {},
                        .content = std::vector<std::byte>(bytes)};
  if (bytes != 0) {
    std::memcpy(stored.content.data(), places.data(), bytes);
    stored.chunks.push_back({.size = bytes});
  }
  plan.datasets.push_back(std::move(stored));
  plan.columns.push_back({.dataset = 1, .at = 0, .type = Stored::kInt64});
  plan.columns.push_back({.dataset = 1, .at = sizeof(uint64_t), .type = Stored::kInt64});
  return plan;
}

}  // namespace evarrow::aedat4
