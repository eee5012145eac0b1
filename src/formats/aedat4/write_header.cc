// SPDX-License-Identifier: Apache-2.0
// The front of a new file: what its programs want to know of the streams.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "evarrow/error.h"
#include "formats/aedat4/encoder.h"
#include "formats/aedat4/flat.h"
#include "formats/text.h"

namespace evarrow::aedat4 {
namespace {

using codecs::DvCompression;

struct Effort {
  std::string_view name;
  std::string_view name_in_file;
  DvCompression compression;
};
constexpr std::array<Effort, 5> kEfforts = {{{"none", "NONE", DvCompression::kNone},
                                             {"lz4", "LZ4", DvCompression::kLz4},
                                             {"lz4-high", "LZ4_HIGH", DvCompression::kLz4High},
                                             {"zstd", "ZSTD", DvCompression::kZstd},
                                             {"zstd-high", "ZSTD_HIGH", DvCompression::kZstdHigh}}};

// Text and attributes of XML; what it cannot hold is replaced.
std::string escaped(std::string_view raw) {
  std::string text;
  for (const char letter : readable(raw)) {
    switch (letter) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      default:
        text += letter;
    }
  }
  return text;
}

std::string attribute(std::string_view key, std::string_view type, std::string_view value) {
  return "<attr key=\"" + escaped(key) + "\" type=\"" + std::string(type) + "\">" + escaped(value) +
         "</attr>\n";
}

std::string source_of(const Header& header) {
  if (header.sensor.empty() && header.serial_number.empty()) return "evarrow";
  return header.serial_number.empty() ? header.sensor : header.sensor + "_" + header.serial_number;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() < 19 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The lines of another header, or what the events of such a file came with.
std::string kept_attributes(const Header& header) {
  std::string prefix;
  for (const auto& [key, value] : header.fields) {
    constexpr std::string_view kType = "/typeIdentifier";
    if (prefix.empty() && value == "EVTS" && key.ends_with(kType)) {
      prefix = key.substr(0, key.size() - kType.size()) + "/info/";
    }
  }
  std::string text;
  for (const auto& [key, value] : header.fields) {
    const bool ours = prefix.empty() ? key.find('/') == std::string::npos : key.starts_with(prefix);
    const std::string name = ours ? key.substr(prefix.size()) : "";
    if (name.empty() || name == "sizeX" || name == "sizeY" || name == "source") continue;
    text += attribute(name, name == "tsOffset" && is_number(value) ? "long" : "string", value);
  }
  return text;
}

struct OutStream {
  int32_t id;
  std::string_view name;
  std::string_view type;
  std::string_view description;
  bool has_size;  // of the sensor
};
constexpr std::array<OutStream, 4> kOutStreams = {
    {{kEventStream, "events", "EVTS", "Array of events (polarity ON/OFF).", true},
     {kTriggerStream, "triggers", "TRIG", "External triggers and special signals.", false},
     {kImuStream, "imu", "IMUS", "Inertial Measurement Unit data samples.", false},
     {kFrameStream, "frames", "FRME", "Standard frame (8-bit image).", true}}};

bool is_wanted(const OutStream& stream, const EncodeOptions& options) {
  return stream.id == kEventStream || stream.id == kTriggerStream ||
         std::ranges::find(options.streams, stream.name) != options.streams.end();
}

std::string node_of(const OutStream& stream, const Effort& effort, const std::string& info) {
  const std::string number = std::to_string(stream.id);
  return "<node name=\"" + number + "\" path=\"/outInfo/" + number + "/\">\n" +
         attribute("compression", "string", effort.name_in_file) +
         attribute("originalModuleName", "string", "evarrow") +
         attribute("originalOutputName", "string", stream.name) +
         attribute("typeDescription", "string", stream.description) +
         attribute("typeIdentifier", "string", stream.type) +
         "<node name=\"info\" path=\"/outInfo/" + number + "/info/\">\n" + info +
         "</node>\n</node>\n";
}

const Effort& effort_of(const EncodeOptions& options) {
  const auto named = options.named.find("compression");
  const std::string name = named == options.named.end() ? "lz4" : named->second;
  const auto effort = std::ranges::find(kEfforts, name, &Effort::name);
  if (effort == kEfforts.end()) {
    throw Error(ErrorCode::kArgument, "AEDAT 4 has no compression '" + name +
                                          "'; it has none, lz4, lz4-high, zstd and zstd-high");
  }
  if (const char* why = codecs::why_unsupported(effort->compression)) {
    throw Error(ErrorCode::kArgument, "the compression '" + name + "' cannot be written: " + why);
  }
  return *effort;
}

}  // namespace

codecs::DvCompression compression_of(const EncodeOptions& options) {
  return effort_of(options).compression;
}

std::string write_header(const Header& header, const EncodeOptions& options) {
  return write_header(header, options, 0);
}

std::string write_header(const Header& header, const EncodeOptions& options, size_t bytes) {
  const Effort& effort = effort_of(options);
  const std::string source = attribute("source", "string", source_of(header));
  std::string size;
  if (header.width > 0 && header.height > 0) {
    size = attribute("sizeX", "int", std::to_string(header.width)) +
           attribute("sizeY", "int", std::to_string(header.height));
  }
  std::string xml = "<dv version=\"2.0\">\n<node name=\"outInfo\" path=\"/outInfo/\">\n";
  for (const OutStream& stream : kOutStreams) {
    if (!is_wanted(stream, options)) continue;
    std::string info = stream.has_size ? size : "";
    info += source;
    if (stream.id == kEventStream) info += kept_attributes(header);
    xml += node_of(stream, effort, info);
  }
  xml += "</node>\n</dv>\n";
  std::vector<std::byte> buffer = make_io_header(effort.compression, xml);
  if (kMagic.size() + buffer.size() < bytes) {
    xml.append(bytes - kMagic.size() - buffer.size(), ' ');
    buffer = make_io_header(effort.compression, xml);
  }
  return std::string(kMagic) +
         std::string(reinterpret_cast<const char*>(buffer.data()), buffer.size());
}

}  // namespace evarrow::aedat4
