// SPDX-License-Identifier: Apache-2.0
// Sources: the "RAW file format" page of https://docs.prophesee.ai and files written since 2020.
#include "formats/prophesee/header.h"

#include <algorithm>
#include <array>
#include <optional>

#include "evarrow/error.h"
#include "evarrow/recording.h"
#include "formats/prophesee/lines.h"

namespace evarrow::prophesee {
namespace {

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

constexpr int32_t kMost = 2048;  // pixels: 11 bits in every EVT format

std::optional<Resolution> geometry_from(const Fields& fields, Header& header) {
  const std::string geometry = value_of(fields, "geometry");
  const std::string format = value_of(fields, "format");
  const std::string width = format_option(format, "width");
  const std::string height = format_option(format, "height");
  std::optional<Resolution> named;
  if (!geometry.empty()) {
    const size_t x = geometry.find('x');
    if (x == std::string::npos) throw_geometry("'" + geometry + "'");
    named = parse_geometry(geometry, geometry.substr(0, x), geometry.substr(x + 1), kMost);
  }
  if (!width.empty() || !height.empty()) {
    const Resolution option = parse_geometry(format, width, height, kMost);
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

}  // namespace

std::string encoding_of(Bytes head) {
  const Fields fields = read_lines(head).fields;
  return kind_of(fields) == Kind::kRaw ? encoding_from(fields) : "";
}

bool is_raw(Bytes head) { return kind_of(read_lines(head).fields) == Kind::kRaw; }

bool matches(Bytes head, std::string_view encoding) noexcept {
  if (head.size() < 2 || head[0] != std::byte{'%'} || head[1] != std::byte{' '}) return false;
  try {
    return encoding_of(head) == encoding;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

Header read_header(Bytes head, bool trust_geometry, std::string_view encoding) {
  Lines lines = read_lines(head);
  check_end(lines, head);
  Header header;
  header.payload = lines.end;
  read_camera(lines.fields, header);
  try {
    const auto resolution = geometry_from(lines.fields, header);
    if (resolution) {
      header.width = resolution->width;
      header.height = resolution->height;
    }
  } catch (const Error&) {
    if (trust_geometry) throw;
  }
  if (encoding == "EVT21") header.layout = word_order_from(lines.fields);
  header.fields = std::move(lines.fields);
  return header;
}

std::string write_header(const Header& header, std::string_view encoding) {
  LineWriter lines(header);
  lines.set("evt", encoding == "EVT21" ? "2.1" : std::string(encoding.substr(3)) + ".0");
  std::string format(encoding);
  if (encoding == "EVT21") {
    format += header.layout == "legacy" ? ";endianness=legacy" : ";endianness=little";
  }
  if (const auto size = geometry_of(header, kMost)) {
    const std::string width = std::to_string(size->width);
    const std::string height = std::to_string(size->height);
    format += ";height=" + height + ";width=" + width;
    lines.set("geometry", width + "x" + height);
  }
  lines.set("format", format);
  lines.add("camera_integrator_name", "Prophesee");
  lines.add("plugin_integrator_name", "Prophesee");
  lines.add("integrator_name", "Prophesee");
  lines.add("plugin_name", "hal_plugin_prophesee");
  lines.add_camera(header);
  return lines.text();
}

}  // namespace evarrow::prophesee
