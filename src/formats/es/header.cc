// SPDX-License-Identifier: Apache-2.0
// 0..11 "Event Stream" | 12..14 version | 15 type | 16..17 width | 18..19 height, for some types
#include <array>
#include <string_view>

#include "evarrow/error.h"
#include "formats/es/es.h"

namespace evarrow::es {
namespace {

constexpr std::string_view kMagic = "Event Stream";
constexpr size_t kTypeAt = 15;
constexpr size_t kGeometryAt = 16;
constexpr size_t kGeometryEnd = 20;

struct Type {
  std::string_view name;
  bool has_geometry;
  std::string_view note;  // what a reader of its rows should know
};
constexpr std::array<Type, 5> kTypes = {{
    {"generic", false, "it holds byte strings, which are the stream 'messages', and no pixels"},
    {"dvs", true, ""},
    {"atis", true, "threshold crossings (exposure measurements) are the stream 'exposures'"},
    {"display", false, "it holds commands for a display, not events: there are no rows"},
    {"color", true,
     "events have colours, which are the stream 'colors', and no polarity: all are ON"},
}};

uint32_t byte_at(Bytes head, size_t i) noexcept { return std::to_integer<uint32_t>(head[i]); }

[[noreturn]] void refuse(const std::string& why, uint64_t offset) {
  throw Error(ErrorCode::kFormat, why, offset);
}

void read_geometry(Bytes head, bool trust, Header& header) {
  const auto number = [&](size_t at) {
    return static_cast<int32_t>(byte_at(head, at) | byte_at(head, at + 1) << 8);
  };
  const int32_t width = number(kGeometryAt);
  const int32_t height = number(kGeometryAt + 2);
  const bool possible = width > 0 && height > 0 && width <= INT16_MAX && height <= INT16_MAX;
  if (possible) {
    header.width = width;
    header.height = height;
  } else if (trust) {
    refuse("the header gives the sensor size as '" + std::to_string(width) + "x" +
               std::to_string(height) +
               "', which cannot be: pass resolution=(width, height) to say what it is",
           kGeometryAt);
  }
}

}  // namespace

bool matches(Bytes head) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with(kMagic);
}

Header read_header(Bytes head, bool trust_geometry) {
  if (!matches(head)) refuse("an Event Stream begins with 'Event Stream', this does not", 0);
  if (head.size() <= kTypeAt) refuse("the header ends too soon: the file was cut off", head.size());
  const uint32_t major = byte_at(head, kMagic.size());
  std::string version = std::to_string(major);
  for (size_t i = kMagic.size() + 1; i < kTypeAt; ++i) {
    version += '.';
    version += std::to_string(byte_at(head, i));
  }
  if (major != 2) {
    refuse("this is an Event Stream of version " + version +
               ", of which evarrow reads version 2: write it again with a newer program",
           kMagic.size());
  }
  const uint32_t number = byte_at(head, kTypeAt);
  if (number >= kTypes.size()) {
    refuse("this Event Stream holds events of type " + std::to_string(number) +
               ", where 0 to 4 are defined",
           kTypeAt);
  }
  const Type& type = kTypes[number];
  Header header;
  header.payload = type.has_geometry ? kGeometryEnd : kGeometryAt;
  if (head.size() < header.payload) {
    refuse("the header ends too soon: the file was cut off", head.size());
  }
  if (type.has_geometry) read_geometry(head, trust_geometry, header);
  header.fields = {{"version", version}, {"type", std::string(type.name)}};
  if (!type.note.empty()) header.notes.emplace_back(type.note);
  return header;
}

std::string write_header(const Header& header, const EncodeOptions& /*options*/) {
  if (header.width <= 0 || header.height <= 0) {
    throw Error(ErrorCode::kArgument,
                "an Event Stream names the size of the sensor, which is not known: pass "
                "resolution=(width, height)");
  }
  std::string text(kMagic);
  text += {'\2', '\0', '\0', '\1'};
  for (const int32_t number : {header.width, header.height}) {
    text += static_cast<char>(number & 0xFF);
    text += static_cast<char>(number >> 8 & 0xFF);
  }
  return text;
}

}  // namespace evarrow::es
