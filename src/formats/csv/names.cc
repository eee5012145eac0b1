// SPDX-License-Identifier: Apache-2.0
#include "formats/csv/names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace evarrow::csv {
namespace {

struct Name {
  std::string_view name;
  int8_t role;
};
constexpr std::array<Name, 18> kNames = {{{"t", kT},
                                          {"ts", kT},
                                          {"timestamp", kT},
                                          {"timestamps", kT},
                                          {"time", kT},
                                          {"x", kX},
                                          {"xs", kX},
                                          {"x_pos", kX},
                                          {"y", kY},
                                          {"ys", kY},
                                          {"y_pos", kY},
                                          {"p", kPolarity},
                                          {"ps", kPolarity},
                                          {"pol", kPolarity},
                                          {"pols", kPolarity},
                                          {"polarity", kPolarity},
                                          {"polarities", kPolarity},
                                          {"on", kPolarity}}};

struct Unit {
  std::string_view name;
  int power;
};
constexpr std::array<Unit, 12> kUnits = {{{"s", 6},
                                          {"sec", 6},
                                          {"seconds", 6},
                                          {"ms", 3},
                                          {"milliseconds", 3},
                                          {"us", 0},
                                          {"usec", 0},
                                          {"microseconds", 0},
                                          {"\xC2\xB5s", 0},
                                          {"\xCE\xBCs", 0},
                                          {"ns", -3},
                                          {"nanoseconds", -3}}};

int32_t size_of(std::string_view text) noexcept {
  int32_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && size > 0 && size <= INT16_MAX ? size : 0;
}

bool is_pixel(std::string_view unit) noexcept {
  return unit == "px" || unit == "pixel" || unit == "pixels";
}

// "t", "t_us", "t[us]", "timestamp(s)", "x@320", "x[px]": the role of a column; its unit or size go
// to `front`.
int8_t use_name(std::string_view field, Front& front) {
  std::string name = lower(field);
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
  const auto* whole = std::ranges::find(kNames, name, &Name::name);
  if (whole != kNames.end()) return whole->role;
  const size_t cut = name.find_first_of("@[(_");
  std::string rest = cut == std::string::npos ? "" : name.substr(cut + 1);
  if (!rest.empty() && (rest.back() == ']' || rest.back() == ')')) rest.pop_back();
  const auto* known = std::ranges::find(kNames, name.substr(0, cut), &Name::name);
  if (known == kNames.end()) return kIgnored;
  if (known->role == kT && !rest.empty()) {
    const auto power = power_of(rest);
    if (!power) return kIgnored;
    front.columns.time_power = *power;
    front.has_unit = true;
  } else if (!rest.empty() && !(name[cut] != '@' && is_pixel(rest))) {
    const int32_t size = size_of(rest);
    if (size == 0 || name[cut] != '@') return kIgnored;
    (known->role == kX ? front.width : front.height) = size;
  }
  return known->role;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

Fields fields_of(std::string_view line) {
  Fields fields;
  while (fields.size() < kMostColumns) {
    const auto field = next_field(line);
    if (!field) break;
    fields.push_back(*field);
  }
  return fields;
}

std::optional<int> power_of(std::string_view unit) {
  const auto* found = std::ranges::find(kUnits, unit, &Unit::name);
  return found == kUnits.end() ? std::nullopt : std::optional(found->power);
}

uint32_t read_names(std::string_view line, Front& front) {
  if (line.starts_with('#') || line.starts_with('%')) line.remove_prefix(1);
  // A unit may stand apart from its name: "timestamp (s)", "t [us]".
  std::string joined(line);
  for (const char* unit : {" (", " ["}) {
    for (size_t at = joined.find(unit); at != std::string::npos; at = joined.find(unit)) {
      joined.erase(at, 1);
    }
  }
  const Fields fields = fields_of(joined);
  Front named = front;
  named.columns = {};
  uint32_t found = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    int8_t role = use_name(fields[i], named);
    if (role != kIgnored && (found >> role & 1) != 0) role = kIgnored;  // the first one counts
    if (role != kIgnored) {
      found |= uint32_t{1} << role;
      named.columns.count = i + 1;
    }
    named.columns.role[i] = role;
  }
  if (found != kAllNamed) return found;
  front = named;
  front.has_names = true;
  front.names = fields.size();
  return found;
}

bool read_geometry(std::string_view line, Front& front) {
  constexpr std::string_view kKey = "%geometry:";
  const bool has_key = line.starts_with(kKey);
  if (has_key) line.remove_prefix(kKey.size());
  const Fields fields = fields_of(line);
  if (fields.size() != 2) return false;
  const int32_t width = size_of(fields[0]);
  const int32_t height = size_of(fields[1]);
  if (width == 0 || height == 0) return false;
  front.width = width;
  front.height = height;
  front.has_geometry_line |= has_key;
  return true;
}

}  // namespace evarrow::csv
