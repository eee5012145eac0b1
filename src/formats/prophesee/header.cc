// SPDX-License-Identifier: Apache-2.0
// Sources: the "RAW file format" page of https://docs.prophesee.ai and files written since 2020.
#include "formats/prophesee/header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "evarrow/error.h"
#include "evarrow/recording.h"
#include "formats/text.h"

namespace evarrow::prophesee {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Parsed {
  Fields fields;
  uint64_t payload = 0;
};

constexpr std::string_view kBlanks = " \t\r\v\f";

// The white-space separated tokens of `line`: the first, and the others with single spaces.
std::pair<std::string, std::string> split_line(std::string_view line) {
  std::pair<std::string, std::string> field;
  bool first = true;
  while (true) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return field;
    const size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    const std::string token = readable(line.substr(begin, end - begin));
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

// A line belongs to the header only if it begins with a percent sign and a space.
Parsed parse(Bytes head) {
  Parsed parsed;
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  size_t at = 0;
  while (text.substr(at, 2) == "% ") {
    const size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) break;
    auto field = split_line(text.substr(at + 2, newline - at - 2));
    at = newline + 1;
    if (field.first == "end") break;
    if (!field.first.empty()) parsed.fields.push_back(std::move(field));
  }
  parsed.payload = at;
  return parsed;
}

// The last line of a key wins.
std::string value_of(const Fields& fields, std::string_view key) {
  for (size_t i = fields.size(); i-- > 0;) {
    if (fields[i].first == key) return fields[i].second;
  }
  return {};
}

bool has_key(const Fields& fields, std::string_view key) {
  return std::ranges::find(fields, key, &std::pair<std::string, std::string>::first) !=
         fields.end();
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// NAME;key=value;key=value
std::string format_name(std::string_view format) {
  return std::string(format.substr(0, std::min(format.find(';'), format.size())));
}

std::string format_option(std::string_view format, std::string_view key) {
  size_t at = format.find(';');
  while (at != std::string_view::npos) {
    const std::string_view rest = format.substr(at + 1);
    const std::string_view option = rest.substr(0, std::min(rest.find(';'), rest.size()));
    const size_t equals = option.find('=');
    if (equals != std::string_view::npos && option.substr(0, equals) == key) {
      return std::string(option.substr(equals + 1));
    }
    at = format.find(';', at + 1);
  }
  return {};
}

// What devices write that do not say it themselves, by system_ID.
struct System {
  int id;
  std::string_view encoding;
  Resolution resolution;
};
constexpr Resolution kVga = {.width = 640, .height = 480};
constexpr Resolution kHd = {.width = 1280, .height = 720};
constexpr std::array<System, 22> kSystems = {{
    {21, "EVT2", kVga}, {28, "EVT2", kVga},  {23, "EVT2", kVga}, {151, "EVT2", kVga},
    {25, "EVT2", kVga}, {153, "EVT2", kVga}, {29, "EVT2", kVga}, {35, "EVT2", kVga},
    {33, "EVT2", kVga}, {161, "EVT2", kVga}, {34, "EVT2", kVga}, {162, "EVT2", kVga},
    {41, "EVT2", kVga}, {26, "EVT2", kHd},   {31, "EVT2", kHd},  {39, "EVT2", kHd},
    {40, "EVT3", kVga}, {30, "EVT3", kHd},   {46, "EVT3", kHd},  {48, "EVT3", kHd},
    {49, "EVT3", kHd},  {50, "EVT3", kHd},
}};

const System* system_of(const Fields& fields) {
  const auto id = number_of(value_of(fields, "system_ID"));
  if (!id) return nullptr;
  const auto system = std::ranges::find(kSystems, *id, &System::id);
  return system == kSystems.end() ? nullptr : &*system;
}

std::string encoding_from(const Fields& fields) {
  const std::string format = value_of(fields, "format");
  if (!format.empty()) return format_name(format);
  const std::string evt = value_of(fields, "evt");
  if (evt == "2.0" || evt == "2") return "EVT2";
  if (evt == "2.1") return "EVT21";
  if (evt == "3.0" || evt == "3") return "EVT3";
  if (evt == "4.0" || evt == "4") return "EVT4";
  if (!evt.empty()) return "EVT " + evt;
  const System* system = system_of(fields);
  return system == nullptr ? "" : std::string(system->encoding);
}

// Whether nobody else is named as who built the camera or its driver.
bool is_from_prophesee(const Fields& fields) {
  const std::string_view keys[] = {"camera_integrator_name", "plugin_integrator_name",
                                   "integrator_name"};
  return std::ranges::all_of(keys, [&](std::string_view key) {
    const std::string name = value_of(fields, key);
    return name.empty() || name == "Prophesee";
  });
}

// A DAT header looks the same; it has other keys.
bool is_raw(const Fields& fields) {
  return has_key(fields, "evt") || has_key(fields, "format") || has_key(fields, "system_ID") ||
         has_key(fields, "plugin_name");
}

[[noreturn]] void throw_geometry(const std::string& found) {
  throw Error(ErrorCode::kFormat,
              "the header gives the sensor size as " + found +
                  ", which cannot be: pass resolution=(width, height) to say what it is");
}

Resolution parse_geometry(const std::string& text, const std::string& width,
                          const std::string& height) {
  const auto w = number_of(width);
  const auto h = number_of(height);
  constexpr int64_t kMost = 2048;  // 11 bits in every EVT format
  if (!w || !h || *w < 1 || *h < 1 || *w > kMost || *h > kMost) throw_geometry("'" + text + "'");
  return {.width = static_cast<int32_t>(*w), .height = static_cast<int32_t>(*h)};
}

std::optional<Resolution> geometry_from(const Fields& fields, Header& header) {
  const std::string geometry = value_of(fields, "geometry");
  const std::string format = value_of(fields, "format");
  const std::string width = format_option(format, "width");
  const std::string height = format_option(format, "height");
  std::optional<Resolution> named;
  if (!geometry.empty()) {
    const size_t x = geometry.find('x');
    if (x == std::string::npos) throw_geometry("'" + geometry + "'");
    named = parse_geometry(geometry, geometry.substr(0, x), geometry.substr(x + 1));
  }
  if (!width.empty() || !height.empty()) {
    const Resolution option = parse_geometry(format, width, height);
    if (named && (named->width != option.width || named->height != option.height)) {
      throw_geometry("'" + geometry + "' and as '" + format + "'");
    }
    named = option;
  }
  if (named) return named;
  const System* system = system_of(fields);
  if (system == nullptr || !is_from_prophesee(fields)) return std::nullopt;
  header.notes.push_back("the sensor size was taken from system_ID " + std::to_string(system->id));
  return system->resolution;
}

std::string_view word_order_from(const Fields& fields) {
  std::string order = format_option(value_of(fields, "format"), "endianness");
  if (order.empty()) order = value_of(fields, "endianness");
  if (order.empty()) {
    constexpr int64_t kFirstLittle = 55;
    const auto id = number_of(value_of(fields, "system_ID")).value_or(-1);
    order = is_from_prophesee(fields) && id != 0 && id < kFirstLittle ? "legacy" : "little";
  }
  return order == "legacy" ? "legacy" : "little";
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

std::string encoding_of(Bytes head) {
  const Parsed parsed = parse(head);
  return is_raw(parsed.fields) ? encoding_from(parsed.fields) : "";
}

bool matches(Bytes head, std::string_view encoding) noexcept {
  if (head.size() < 2 || head[0] != std::byte{'%'} || head[1] != std::byte{' '}) return false;
  try {
    return encoding_of(head) == encoding;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

Header read_header(Bytes head, bool trust_geometry, std::string_view encoding) {
  Parsed parsed = parse(head);
  Header header;
  header.payload = parsed.payload;
  header.sensor = sensor_from(parsed.fields);
  header.serial_number = value_of(parsed.fields, "serial_number");
  header.date = value_of(parsed.fields, "date");
  if (header.date.empty()) header.date = value_of(parsed.fields, "Date");
  try {
    const auto resolution = geometry_from(parsed.fields, header);
    if (resolution) {
      header.width = resolution->width;
      header.height = resolution->height;
    }
  } catch (const Error&) {
    if (trust_geometry) throw;
  }
  if (encoding == "EVT21") header.layout = word_order_from(parsed.fields);
  header.fields = std::move(parsed.fields);
  return header;
}

std::string write_header(const Header& header, std::string_view encoding) {
  // Readers expect the keys in byte order, as an ordered map gives them.
  std::map<std::string, std::string> lines;
  // What would read as another key, as the end or as a line of its own is left out or cleaned.
  const auto clean = [](const std::string& key, const std::string& value) {
    auto line = split_line(key + ' ' + value);
    if (line.first != key || key == "end") line.first.clear();
    return line;
  };
  for (const auto& [key, value] : header.fields) {
    const auto line = clean(key, value);
    if (!line.first.empty()) lines[line.first] = line.second;
  }
  lines.erase("endianness");
  lines.erase("geometry");
  lines["evt"] = encoding == "EVT21" ? "2.1" : std::string(encoding.substr(3)) + ".0";
  std::string format(encoding);
  if (encoding == "EVT21") {
    format += ";endianness=" + (header.layout.empty() ? "little" : header.layout);
  }
  if (header.width > 0 && header.height > 0) {
    const std::string width = std::to_string(header.width);
    const std::string height = std::to_string(header.height);
    format += ";height=" + height + ";width=" + width;
    lines["geometry"] = width + "x" + height;
  }
  lines["format"] = format;
  lines.try_emplace("camera_integrator_name", "Prophesee");
  lines.try_emplace("plugin_integrator_name", "Prophesee");
  lines.try_emplace("integrator_name", "Prophesee");
  lines.try_emplace("plugin_name", "hal_plugin_prophesee");
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) lines.insert(clean(key, value));
  };
  if (!lines.contains("Date")) add("date", header.date);
  add("serial_number", header.serial_number);
  add("sensor_name", header.sensor);
  std::string text;
  for (const auto& [key, value] : lines) {
    text.append("% ").append(key).append(value.empty() ? "" : " ").append(value).append("\n");
  }
  return text + "% end\n";
}

}  // namespace evarrow::prophesee
