// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/info.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "formats/text.h"

namespace evarrow::aedat4 {
namespace {

constexpr size_t kMostFields = 10'000;
constexpr size_t kMostDepth = 32;
constexpr size_t kMostStreams = 1'000;
constexpr std::string_view kStreams = "outInfo";  // the node that has one for each stream

struct Entity {
  std::string_view name;
  char character;
};
constexpr std::array<Entity, 5> kEntities = {
    {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};

std::string plain(std::string_view raw) {
  std::string out;
  const std::string valid = readable_value(raw);
  std::string_view text = valid;
  while (!text.empty()) {
    const auto entity = std::ranges::find_if(
        kEntities, [&](const Entity& one) { return text.starts_with(one.name); });
    const bool found = entity != kEntities.end();
    out += found ? entity->character : text.front();
    text.remove_prefix(found ? entity->name.size() : 1);
  }
  return out;
}

// The value of `name="value"` in a tag.
std::string attribute(std::string_view tag, std::string_view name) {
  for (size_t at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    const std::string_view rest = tag.substr(at + name.size());
    const bool is_name = at > 0 && (tag[at - 1] == ' ' || tag[at - 1] == '\n' ||
                                    tag[at - 1] == '\t' || tag[at - 1] == '\r');
    if (!is_name || rest.size() < 2 || rest[0] != '=' || (rest[1] != '"' && rest[1] != '\'')) {
      continue;
    }
    const size_t end = rest.find(rest[1], 2);
    if (end == std::string_view::npos) return {};
    return plain(rest.substr(2, end - 2));
  }
  return {};
}

// Where a tag that begins at the front of `text` ends, behind its '>'.
size_t end_of_tag(std::string_view text) {
  if (text.starts_with("<!--")) {
    const size_t end = text.find("-->");
    return end == std::string_view::npos ? text.size() : end + 3;
  }
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (text[i] == '>') {
      return i + 1;
    }
  }
  return text.size();
}

std::optional<int32_t> number_of(std::string_view text) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

void use(StreamInfo& stream, std::string_view key, const std::string& value) {
  if (key == "typeIdentifier") stream.type = value;
  if (key == "originalOutputName") stream.name = value;
  if (key == "info/source") stream.source = value;
  if (key == "info/sizeX") stream.width = number_of(value).value_or(0);
  if (key == "info/sizeY") stream.height = number_of(value).value_or(0);
}

// The names of the nodes around, those outside of the streams' left out.
std::string path_of(const std::vector<std::string>& nodes) {
  const auto streams = std::ranges::find(nodes, kStreams);
  std::string path;
  if (streams == nodes.end()) return path;
  for (auto node = streams + 1; node != nodes.end(); ++node) path += *node + '/';
  return path;
}

Info info_of(Fields fields) {
  std::map<int32_t, StreamInfo> streams;
  for (const auto& [path, value] : fields) {
    const size_t slash = path.find('/');
    if (slash == std::string::npos) continue;
    const auto id = number_of(std::string_view(path).substr(0, slash));
    if (!id || (streams.size() >= kMostStreams && !streams.contains(*id))) continue;
    StreamInfo& stream = streams[*id];
    stream.id = *id;
    use(stream, std::string_view(path).substr(slash + 1), value);
  }
  Info info = {.streams = {}, .fields = std::move(fields)};
  for (auto& [id, stream] : streams) info.streams.push_back(std::move(stream));
  return info;
}

}  // namespace

Info read_info(std::string_view xml) {
  std::vector<std::string> nodes;
  Fields fields;
  while (fields.size() < kMostFields) {
    const size_t begin = xml.find('<');
    if (begin == std::string_view::npos) break;
    xml.remove_prefix(begin);
    const std::string_view tag = xml.substr(0, end_of_tag(xml));
    xml.remove_prefix(tag.size());
    if (tag.starts_with("</node")) {
      if (!nodes.empty()) nodes.pop_back();
    } else if (tag.starts_with("<node ") && !tag.ends_with("/>")) {
      if (nodes.size() == kMostDepth) break;
      nodes.push_back(attribute(tag, "name"));
    } else if (tag.starts_with("<attr ") && !tag.ends_with("/>")) {
      const std::string path = path_of(nodes);
      const std::string value = plain(xml.substr(0, xml.find('<')));
      if (!path.empty()) fields.emplace_back(path + attribute(tag, "key"), value);
    }
  }
  return info_of(std::move(fields));
}

}  // namespace evarrow::aedat4
