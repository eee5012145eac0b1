// SPDX-License-Identifier: Apache-2.0
// Lines that begin with '#', up to one that says it is the last or to the first other byte.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/error.h"
#include "formats/aedat/aedat.h"
#include "formats/aedat/cameras.h"
#include "formats/text.h"

namespace evarrow::aedat {
namespace {

constexpr std::string_view kMagic = "#!AER-DAT";
constexpr size_t kMostLines = 10'000;

std::string_view text_of(Bytes head) noexcept {
  return {reinterpret_cast<const char*>(head.data()), head.size()};
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

struct Lines {
  std::vector<std::string_view> lines;  // without the '#' and blanks around them
  size_t end = 0;                       // of the header, bytes
};

Lines read_lines(Bytes head) {
  const std::string_view text = text_of(head);
  Lines found;
  while (found.end < text.size() && text[found.end] == '#' && found.lines.size() < kMostLines) {
    const size_t newline = text.find('\n', found.end);
    // A line that does not end is one of the header only if nothing else can be it.
    if (newline == std::string_view::npos) break;
    const auto line = trimmed(text.substr(found.end + 1, newline - found.end - 1));
    found.end = newline + 1;
    found.lines.push_back(line);
    const std::string plain = lower(line);
    if (plain == "end of ascii header" || plain == "!end-header") break;
  }
  return found;
}

int32_t size_of(std::string_view text) noexcept {
  int32_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  return error == std::errc() && end == text.data() + text.size() && size <= INT16_MAX ? size : 0;
}

void use_camera(const std::string& name, Header& header) {
  const std::string plain = lower(name);
  const auto camera = std::ranges::find_if(
      kCameras, [&](const Camera& one) { return plain.find(one.name) != std::string::npos; });
  if (camera == kCameras.end()) return;
  header.width = camera->width;
  header.height = camera->height;
}

// "640x480", which we write for a sensor of another size.
void use_size(const std::string& text, Header& header) {
  const size_t cross = text.find('x');
  if (cross == std::string::npos) return;
  const int32_t width = size_of(std::string_view(text).substr(0, cross));
  const int32_t height = size_of(std::string_view(text).substr(cross + 1));
  if (width <= 0 || height <= 0) return;
  header.width = width;
  header.height = height;
}

// "AEChip: a.b.DAVIS240C" is the key and value of a line; one without a colon has no key.
Header header_of(const Lines& found) {
  Header header;
  header.payload = found.end;
  for (const std::string_view line : found.lines) {
    const size_t colon = line.find(':');
    if (line.empty() || line.front() == '!' || colon == std::string_view::npos) continue;
    header.fields.emplace_back(readable_value(trimmed(line.substr(0, colon))),
                               readable_value(trimmed(line.substr(colon + 1))));
  }
  return header;
}

std::string value_of(const Header& header, std::string_view key) {
  for (const auto& [name, value] : header.fields) {
    if (lower(name).starts_with(key)) return value;
  }
  return {};
}

}  // namespace

bool is_version(Bytes head, char major) noexcept {
  const std::string_view text = text_of(head);
  if (major == '1' && text.starts_with('#') && !text.starts_with(kMagic)) {
    // Older than the line with the version.
    constexpr size_t kFront = 1024;
    return text.substr(0, kFront).find("int16 address, int32 timestamp") != std::string_view::npos;
  }
  return text.starts_with(kMagic) && text.size() > kMagic.size() && text[kMagic.size()] == major;
}

size_t end_of_comments(Bytes head) noexcept {
  if (text_of(head).starts_with(kMagic)) return head.size();
  try {
    return read_lines(head).end;
  } catch (const std::bad_alloc&) {
    return head.size();
  }
}

Header read_jaer_header(Bytes head, bool /*trust_geometry*/) {
  const Lines found = read_lines(head);
  Header header = header_of(found);
  const std::string chip = value_of(header, "aechip");
  header.layout = lower(chip).find("davis") == std::string::npos ? kDvs128 : kDavis;
  header.sensor = chip.substr(chip.rfind('.') + 1);
  for (const std::string_view line : found.lines) {
    if (line.starts_with("created ")) header.date = readable_value(trimmed(line.substr(8)));
  }
  if (chip.empty()) {
    header.notes.emplace_back(
        "the header names no chip: addresses are taken for those of a DVS128");
    header.width = header.height = 128;
  }
  use_camera(header.sensor, header);
  use_size(value_of(header, "resolution"), header);
  return header;
}

Header read_caer_header(Bytes head, bool /*trust_geometry*/) {
  const Lines found = read_lines(head);
  Header header = header_of(found);
  const std::string format = value_of(header, "format");
  if (!format.empty() && format != "RAW") {
    throw Error(ErrorCode::kFormat, "the header says that the packets are '" + format +
                                        "', but evarrow reads those that are RAW");
  }
  const std::string_view text = text_of(head);
  header.layout = text.starts_with("#!AER-DAT3.0") ? kVersion30 : kVersion31;
  header.sensor = value_of(header, "source");
  header.date = value_of(header, "start-time");
  use_camera(header.sensor, header);
  return header;
}

}  // namespace evarrow::aedat
