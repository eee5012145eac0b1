// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/aedat4.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "codecs/filters.h"
#include "codecs/flatbuffer.h"
#include "containers/row_format.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"
#include "evarrow/recording.h"
#include "formats/aedat4/encoder.h"
#include "formats/aedat4/info.h"
#include "formats/aedat4/packets.h"
#include "formats/aedat4/triggers.h"

namespace evarrow::aedat4 {
namespace {

using codecs::DvCompression;

constexpr uint64_t kMostHeader = uint64_t{1} << 26;  // bytes
constexpr size_t kFrontOfPacket = 4096;              // bytes that tell how many events it holds
constexpr uint32_t kAtX = 8, kAtY = 10, kAtPolarity = 12;  // of the record of an event

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kFormat, why, 0); }

// The header of a file, and where its packets begin.
struct Opening {
  DvCompression compression = DvCompression::kNone;
  int64_t table = -1;  // where it lies; negative: there is none
  Info info;
  uint64_t payload = 0;
};

Opening read_opening(Source& file) {
  Scratch scratch;
  const uint64_t at = kMagic.size() + sizeof(uint32_t);
  const Bytes front = file.read(kMagic.size(), sizeof(uint32_t), scratch);
  uint32_t size = 0;
  if (front.size() < sizeof(size)) refuse("the file ends within its header");
  std::memcpy(&size, front.data(), sizeof(size));
  if (size > kMostHeader) refuse("its header would be " + std::to_string(size) + " bytes long");
  const Bytes buffer = file.read(at, size, scratch);
  if (buffer.size() < size) refuse("the file ends within its header");
  const auto root = codecs::FlatTable::root(buffer, "IOHE");
  if (!root) refuse("its header is not that of an AEDAT 4 file");
  const auto compression = static_cast<DvCompression>(root->number<int32_t>(0, 0));
  const char* why = codecs::why_unsupported(compression);
  if (why != nullptr) {
    refuse("its compression, number " + std::to_string(static_cast<uint32_t>(compression)) +
           ", cannot be undone: " + why);
  }
  return {.compression = compression,
          .table = root->number<int64_t>(1, -1),
          .info = read_info(root->text(2)),
          .payload = at + size};
}

// How many events a packet holds; nothing if that cannot be told.
std::optional<uint64_t> count_events(Source& file, const Packet& packet, DvCompression compression,
                                     Scratch& scratch, codecs::Scratch& memory) {
  const bool is_zstd =
      compression == DvCompression::kZstd || compression == DvCompression::kZstdHigh;
  const uint64_t front = is_zstd ? packet.size : std::min<uint64_t>(packet.size, kFrontOfPacket);
  const Bytes stored = file.read(packet.offset, front, scratch);
  if (const auto events = codecs::dv_events(compression, stored, memory)) return *events;
  const Bytes whole = file.read(packet.offset, packet.size, scratch);
  const Bytes opened = codecs::open_dv_packet(compression, whole, memory);
  const auto root = codecs::FlatTable::root(opened, "EVTS");
  const auto events = root ? root->vector(0, codecs::kDvEvent) : std::nullopt;
  if (!events) return {};
  return events->size() / codecs::kDvEvent;
}

// The packets of one stream of events as chunks of rows.
ChunkPlan plan_events(Source& file, const Opening& opening, const Packets& packets,
                      const StreamInfo& stream) {
  ChunkedRows rows = {.name = stream.name.empty() ? "events" : stream.name,
                      .row_bytes = codecs::kDvEvent,
                      .chunk_rows = 1,
                      .filters = {{.id = codecs::kDvEvents,
                                   .values = {static_cast<uint32_t>(opening.compression)}}},
                      .chunks = {},
                      .fill = {},
                      .content = {}};
  ChunkPlan plan;
  Scratch scratch;
  codecs::Scratch memory;
  bool knows_times = packets.have_elements;
  for (const Packet& packet : packets.all) {
    if (packet.stream != stream.id) continue;
    std::optional<uint64_t> counted = packet.elements;
    if (!packets.have_elements) {
      counted = count_events(file, packet, opening.compression, scratch, memory);
    }
    // A packet of which nothing is known is a row of its own, which is damage when it is decoded.
    const bool possible = counted && *counted <= codecs::most_dv_events(packet.size);
    const uint64_t events = possible ? *counted : 1;
    if (events == 0) continue;
    rows.chunks.push_back({.row = plan.rows, .offset = packet.offset, .size = packet.size});
    rows.chunk_rows = std::max(rows.chunk_rows, events);
    plan.times.push_back({.row = plan.rows, .first = packet.first, .last = packet.last});
    knows_times = knows_times && packet.first <= packet.last;
    plan.rows += events;
  }
  if (!knows_times) plan.times.clear();
  plan.truncated = packets.truncated;
  plan.datasets.push_back(std::move(rows));
  plan.columns = {{.dataset = 0, .at = kAtX, .type = Stored::kInt16},
                  {.dataset = 0, .at = kAtY, .type = Stored::kInt16},
                  {.dataset = 0, .at = 0, .type = Stored::kInt64},
                  {.dataset = 0, .at = kAtPolarity, .type = Stored::kUint8}};
  return plan;
}

std::string described(const StreamInfo& stream) {
  std::string text = std::to_string(stream.id);
  if (!stream.name.empty()) text += " '" + stream.name + "'";
  if (!stream.source.empty()) text += " of " + stream.source;
  return text;
}

// The stream of events that `sensor` names, or the first one.
const StreamInfo* choose(const std::vector<StreamInfo>& streams, const std::string& sensor) {
  const StreamInfo* first = nullptr;
  std::string known;
  for (const StreamInfo& stream : streams) {
    if (stream.type != "EVTS") continue;
    if (first == nullptr) first = &stream;
    const bool is_named =
        sensor == std::to_string(stream.id) || sensor == stream.name || sensor == stream.source;
    if (!sensor.empty() && is_named) return &stream;
    known += (known.empty() ? "" : ", ") + described(stream);
  }
  if (sensor.empty()) return first;
  refuse("there are no events of sensor '" + sensor + "' in it, but of " +
         (known.empty() ? "none" : known));
}

Header header_of(const Opening& opening, const StreamInfo* events) {
  Header header;
  header.format = kFormat.name;
  header.payload = 0;
  header.fields = opening.info.fields;
  if (events == nullptr) {
    header.notes.emplace_back("it has no stream of events");
    return header;
  }
  if (events->width > 0 && events->height > 0 && events->width <= INT16_MAX &&
      events->height <= INT16_MAX) {
    header.width = events->width;
    header.height = events->height;
  }
  const size_t underline = events->source.rfind('_');
  header.sensor = events->source.substr(0, underline);
  if (underline != std::string::npos) header.serial_number = events->source.substr(underline + 1);
  std::string others;
  for (const StreamInfo& stream : opening.info.streams) {
    if (stream.type != "EVTS" || stream.id == events->id) continue;
    others += (others.empty() ? "" : ", ") + described(stream);
  }
  if (!others.empty()) {
    header.notes.push_back("there are events of several streams: those of " + described(*events) +
                           " are read, and sensor= chooses from " + others);
  }
  return header;
}

ContainerPlan make_plan(const std::shared_ptr<Source>& source, const Options& options) {
  Source& file = *source;
  const Opening opening = read_opening(file);
  const StreamInfo* events = choose(opening.info.streams, options.sensor);
  const Packets packets = find_packets(file, opening.payload, opening.table, opening.compression);
  ContainerPlan plan = {.header = header_of(opening, events), .streams = {}};
  StreamInfo none;
  none.id = -1;
  plan.streams.push_back(plan_events(file, opening, packets, events != nullptr ? *events : none));
  std::vector<int32_t> triggers;
  for (const StreamInfo& stream : opening.info.streams) {
    const bool same = events == nullptr || stream.source == events->source;
    if (stream.type == "TRIG" && same) triggers.push_back(stream.id);
  }
  auto rows = plan_triggers(file, packets.all, triggers, opening.compression);
  if (rows) plan.streams.push_back(*std::move(rows));
  return plan;
}

bool matches(Bytes head) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with(kMagic.substr(0, kMagic.size() - 2));
}

constexpr std::string_view kExtensions[] = {".aedat4"};
constexpr std::string_view kStreams[] = {"events", "triggers"};
constexpr std::string_view kEncodeOptions[] = {"compression"};

}  // namespace

constinit const Format kFormat = row_format({
    .name = "aedat4",
    .description = "iniVation AEDAT 4",
    .specification =
        "https://docs.inivation.com/software/software-advanced-usage/file-formats/aedat-4.0.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .own_index = true,
    .matches = matches,
    .make_plan = make_plan,
    .write_header = write_header,
    .make_encoder = make_encoder,
    .encode_options = kEncodeOptions,
});

}  // namespace evarrow::aedat4
