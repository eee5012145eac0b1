// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/aedat4.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codecs/filters.h"
#include "codecs/flatbuffer.h"
#include "containers/pixels.h"
#include "containers/row_format.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"
#include "evarrow/recording.h"
#include "formats/aedat4/encoder.h"
#include "formats/aedat4/info.h"
#include "formats/aedat4/packets.h"
#include "formats/aedat4/rows.h"
#include "formats/aedat4/triggers.h"

namespace evarrow::aedat4 {
namespace {

using codecs::DvCompression;

constexpr uint64_t kMostHeader = uint64_t{1} << 26;  // bytes

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kFormat, why, 0); }

// The header of a file, and where its packets begin.
struct Opening {
  DvCompression compression = DvCompression::kNone;
  int64_t table = -1;  // where it lies; negative: there is none
  Info info;
  uint64_t payload = 0;
};

// The FlatBuffer of the header, without its size.
Bytes read_buffer(Source& file, Scratch& scratch) {
  const uint64_t at = kMagic.size() + sizeof(uint32_t);
  const Bytes front = file.read(kMagic.size(), sizeof(uint32_t), scratch);
  uint32_t size = 0;
  if (front.size() < sizeof(size)) refuse("the file ends within its header");
  std::memcpy(&size, front.data(), sizeof(size));
  if (size > kMostHeader) refuse("its header would be " + std::to_string(size) + " bytes long");
  const Bytes buffer = file.read(at, size, scratch);
  if (buffer.size() < size) refuse("the file ends within its header");
  return buffer;
}

codecs::FlatTable root_of(Bytes buffer) {
  const auto root = codecs::FlatTable::root(buffer, "IOHE");
  if (!root) refuse("its header is not that of an AEDAT 4 file");
  return *root;
}

DvCompression compression_of(Bytes buffer) {
  return static_cast<DvCompression>(root_of(buffer).number<int32_t>(0, 0));
}

Opening read_opening(Source& file) {
  Scratch scratch;
  const Bytes buffer = read_buffer(file, scratch);
  const DvCompression compression = compression_of(buffer);
  const codecs::FlatTable root = root_of(buffer);
  const char* why = codecs::why_unsupported(compression);
  if (why != nullptr) {
    refuse("its compression, number " + std::to_string(static_cast<uint32_t>(compression)) +
           ", cannot be undone: " + why);
  }
  return {.compression = compression,
          .table = root.number<int64_t>(1, -1),
          .info = read_info(root.text(2)),
          .payload = kMagic.size() + sizeof(uint32_t) + buffer.size()};
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
  const Layout layout = {.bytes = file, .packets = packets, .compression = opening.compression};
  plan.streams.push_back(plan_events(layout, events != nullptr ? *events : none));
  std::vector<int32_t> triggers;
  const StreamInfo* imu = nullptr;
  const StreamInfo* frames = nullptr;
  for (const StreamInfo& stream : opening.info.streams) {
    if (events != nullptr && stream.source != events->source) continue;
    if (stream.type == "TRIG") triggers.push_back(stream.id);
    if (stream.type == "IMUS" && imu == nullptr) imu = &stream;
    if (stream.type == "FRME" && frames == nullptr) frames = &stream;
  }
  auto rows = plan_triggers(file, packets.all, triggers, opening.compression);
  if (rows) plan.streams.push_back(*std::move(rows));
  if (imu != nullptr) plan.streams.push_back(plan_imu(layout, *imu));
  if (frames != nullptr) plan.streams.push_back(plan_frames(layout, *frames));
  return plan;
}

std::vector<std::byte> read_image(Source& file, const FramePlace& place,
                                  const DecodeOptions& /*options*/) {
  const auto offset = static_cast<uint64_t>(place.offset);
  const auto size = static_cast<uint64_t>(place.size);
  Scratch scratch;
  codecs::Scratch memory;
  Bytes pixels;
  if (offset <= file.size() && size <= file.size() - offset) {
    const auto compression = compression_of(read_buffer(file, scratch));
    const Bytes packet = file.read(offset, size, scratch);
    file.check(offset + packet.size());
    pixels = codecs::dv_pixels(compression, packet, memory);
  }
  if (pixels.size() < place.bytes()) {
    throw Error(ErrorCode::kDamaged,
                "there is no such frame in the packet at byte " + std::to_string(offset), offset);
  }
  const Bytes wanted = pixels.first(place.bytes());
  std::vector<std::byte> image(wanted.begin(), wanted.end());
  if (place.channels > 1) swap_colors(image, place);
  return image;
}

bool matches(Bytes head) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with(kMagic.substr(0, kMagic.size() - 2));
}

constexpr std::string_view kExtensions[] = {".aedat4"};
constexpr std::string_view kEncodeOptions[] = {"compression"};
constexpr std::string_view kStreams[] = {"events", "triggers", "imu", "frames"};

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
    .read_image = read_image,
    .write_header = write_header,
    .make_encoder = make_encoder,
    .encode_options = kEncodeOptions,
});

}  // namespace evarrow::aedat4
