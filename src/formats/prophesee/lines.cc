// SPDX-License-Identifier: Apache-2.0
#include "formats/prophesee/lines.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "evarrow/error.h"
#include "formats/text.h"

namespace evarrow::prophesee {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";

// The white-space separated tokens of `line`: the first, and the others with single spaces.
std::pair<std::string, std::string> split_line(std::string_view line) {
  std::pair<std::string, std::string> field;
  bool first = true;
  while (true) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return field;
    const size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    const std::string token = readable_value(line.substr(begin, end - begin));
    line.remove_prefix(end);
    if (first) {
      field.first = token;
      first = false;
      continue;
    }
    if (!field.second.empty()) field.second += ' ';
    field.second += token;
  }
}

// A line as it will be read; without a key if it would read as another one, or as the end.
std::pair<std::string, std::string> clean(const std::string& key, const std::string& value) {
  auto line = split_line(key + ' ' + value);
  if (line.first != key || key == "end") line.first.clear();
  return line;
}

bool has_any(const Fields& fields, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(fields, [&](const auto& field) {
    return std::ranges::find(keys, field.first) != keys.end();
  });
}

// Whether a line of this key says what the payload is.
bool is_of_payload(std::string_view key) {
  constexpr std::array<std::string_view, 4> kRawKeys = {"endianness", "evt", "format", "geometry"};
  constexpr std::array<std::string_view, 4> kDatKeys = {"data", "height", "version", "width"};
  return std::ranges::find(kRawKeys, key) != kRawKeys.end() ||
         std::ranges::find(kDatKeys, lower(key)) != kDatKeys.end();
}

std::string sensor_from(const Fields& fields) {
  std::string name = value_of(fields, "sensor_name");
  if (!name.empty()) return name;
  std::string generation = value_of(fields, "sensor_generation");
  if (generation.empty()) generation = value_of(fields, "generation");
  if (generation == "4.2") return "IMX636";
  return generation.empty() ? "" : "Gen" + generation;
}

}  // namespace

Lines read_lines(Bytes head) {
  Lines lines;
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  size_t at = 0;
  bool ended = false;
  while (text.substr(at, 2) == "% ") {
    const size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) break;
    auto field = split_line(text.substr(at + 2, newline - at - 2));
    at = newline + 1;
    ended = field.first == "end";
    if (ended) break;
    if (!field.first.empty()) lines.fields.push_back(std::move(field));
  }
  lines.end = at;
  // Without an end, words that happen to begin like a line are words.
  const std::string_view rest = text.substr(at);
  lines.is_cut = !ended && std::string_view("% ").starts_with(rest.substr(0, 2));
  return lines;
}

void check_end(const Lines& lines, Bytes head) {
  constexpr size_t kLeast = size_t{1} << 16;  // that is looked at
  if (!lines.is_cut || head.size() < kLeast) return;
  throw Error(ErrorCode::kFormat,
              "the header has no end in its first " + std::to_string(head.size() >> 10) +
                  " KiB: no more than 1024 KiB of a file are looked at, and 64 KiB of a pipe");
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return small;
}

Kind kind_of(const Fields& fields) {
  if (has_any(fields, {"evt", "format"})) return Kind::kRaw;
  Fields lowered;
  for (const auto& [key, value] : fields) lowered.emplace_back(lower(key), lower(value));
  if (value_of(lowered, "data").starts_with("file containing")) return Kind::kDat;
  // What a RAW file was converted from says no less of a DAT file, so these count only now.
  if (has_any(fields, {"system_ID", "plugin_name"})) return Kind::kRaw;
  const bool has_size = has_any(lowered, {"height"}) && has_any(lowered, {"width"});
  return has_size || has_any(lowered, {"version"}) ? Kind::kDat : Kind::kUnknown;
}

std::string value_of(const Fields& fields, std::string_view key) {
  for (size_t i = fields.size(); i-- > 0;) {
    if (fields[i].first == key) return fields[i].second;
  }
  return {};
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void throw_geometry(const std::string& found) {
  throw Error(ErrorCode::kFormat,
              "the header gives the sensor size as " + found +
                  ", which cannot be: pass resolution=(width, height) to say what it is");
}

Resolution parse_geometry(const std::string& text, const std::string& width,
                          const std::string& height, int64_t most) {
  const auto w = number_of(width);
  const auto h = number_of(height);
  if (!w || !h || *w < 1 || *h < 1 || *w > most || *h > most) throw_geometry("'" + text + "'");
  return {.width = static_cast<int32_t>(*w), .height = static_cast<int32_t>(*h)};
}

std::optional<Resolution> geometry_of(const Header& header, int32_t most) {
  if (header.width <= 0 || header.height <= 0) return std::nullopt;
  if (header.width > most || header.height > most) {
    const std::string side = std::to_string(most);
    throw Error(ErrorCode::kArgument, "the sensor has " + std::to_string(header.width) + "x" +
                                          std::to_string(header.height) +
                                          " pixels, but the format holds up to " + side + "x" +
                                          side + ": pass a smaller resolution=(width, height)");
  }
  return Resolution{.width = header.width, .height = header.height};
}

void read_camera(const Fields& fields, Header& header) {
  header.sensor = sensor_from(fields);
  header.serial_number = value_of(fields, "serial_number");
  header.date = value_of(fields, "date");
  if (header.date.empty()) header.date = value_of(fields, "Date");
}

LineWriter::LineWriter(const Header& header) {
  for (const auto& [key, value] : header.fields) {
    const auto line = clean(key, value);
    if (!line.first.empty() && !is_of_payload(line.first)) lines_[line.first] = line.second;
  }
}

void LineWriter::add(const std::string& key, const std::string& value) {
  if (!value.empty()) lines_.insert(clean(key, value));
}

void LineWriter::add_camera(const Header& header) {
  if (!lines_.contains("Date")) add("date", header.date);
  add("serial_number", header.serial_number);
  add("sensor_name", header.sensor);
}

std::string LineWriter::text() const {
  std::string text;
  for (const auto& [key, value] : lines_) {
    text.append("% ").append(key).append(value.empty() ? "" : " ").append(value).append("\n");
  }
  return text + "% end\n";
}

}  // namespace evarrow::prophesee
