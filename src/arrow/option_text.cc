// SPDX-License-Identifier: Apache-2.0
#include "arrow/option_text.h"

#include <array>
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr size_t kMaxBatchSize = size_t{1} << 30;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::kArgument, message); }

// One "key=value".
struct Option {
  std::string_view key;
  std::string_view value;

  [[noreturn]] void refuse_value(const std::string& expected) const {
    refuse("option " + std::string(key) + " is '" + std::string(value) + "', expected " + expected);
  }
};

template <std::integral T>
T to_number(const Option& option, std::string_view text, T least, T most) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    option.refuse_value("an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

template <std::integral T>
T to_number(const Option& option, T least, T most) {
  return to_number(option, option.value, least, most);
}

template <typename T>
T to_choice(const Option& option, std::initializer_list<std::pair<std::string_view, T>> choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == option.value) return value;
    names.append(names.empty() ? "" : " or ").append(name);
  }
  option.refuse_value(names);
}

// The parts of `text` between `separator`s.
template <typename Visit>
void split(std::string_view text, char separator, Visit visit) {
  while (true) {
    const size_t end = text.find(separator);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

Resolution to_resolution(const Option& option) {
  const size_t cross = option.value.find('x');
  if (cross == std::string_view::npos) option.refuse_value("a width and a height, such as 640x480");
  const std::string_view width = option.value.substr(0, cross);
  const std::string_view height = option.value.substr(cross + 1);
  return {.width = to_number<int32_t>(option, width, 1, INT16_MAX + 1),
          .height = to_number<int32_t>(option, height, 1, INT16_MAX + 1)};
}

Origin to_origin(const Option& option) {
  if (option.value == "sensor") return {};
  if (option.value == "start") return {.kind = Origin::Kind::kStart};
  Origin origin{.kind = Origin::Kind::kAt};
  const auto [end, error] =
      std::from_chars(option.value.data(), option.value.data() + option.value.size(), origin.at);
  if (error != std::errc() || end != option.value.data() + option.value.size()) {
    option.refuse_value("sensor, start or a time in microseconds");
  }
  return origin;
}

void set_region(const Option& option, Predicate& predicate) {
  constexpr std::string_view kExpected = "four integers x0,y0,x1,y1, such as 0,0,320,240";
  std::array<int32_t, 4> box{};
  size_t n = 0;
  split(option.value, ',', [&](std::string_view part) {
    if (n == box.size()) option.refuse_value(std::string(kExpected));
    box[n++] = to_number<int32_t>(option, part, INT16_MIN, INT16_MAX + 1);
  });
  if (n != box.size()) option.refuse_value(std::string(kExpected));
  predicate.x_begin = box[0];
  predicate.y_begin = box[1];
  predicate.x_end = box[2];
  predicate.y_end = box[3];
}

uint32_t to_columns(const Option& option, Schema schema) {
  uint32_t columns = 0;
  split(option.value, ',', [&](std::string_view name) {
    for (size_t i = 0; i < schema.size(); ++i) {
      if (schema[i].name != name) continue;
      columns |= uint32_t{1} << i;
      return;
    }
    std::string names;
    for (const Field& field : schema) names.append(names.empty() ? "" : ", ").append(field.name);
    option.refuse_value("some of " + names);
  });
  return columns;
}

template <typename Target>
struct Key {
  std::string_view name;
  void (*set)(const Option& option, Target& target);
};

constexpr std::array<Key<Options>, 10> kOpenKeys = {{
    {"format", [](const Option& o, Options& to) { to.format = o.value; }},
    {"resolution", [](const Option& o, Options& to) { to.resolution = to_resolution(o); }},
    {"on_error",
     [](const Option& o, Options& to) {
       to.on_error = to_choice<OnError>(
           o, {{"raise", OnError::kRaise}, {"warn", OnError::kWarn}, {"ignore", OnError::kIgnore}});
     }},
    {"out_of_sensor",
     [](const Option& o, Options& to) {
       to.out_of_sensor = to_choice<OutOfSensor>(o, {{"format", OutOfSensor::kFormat},
                                                     {"keep", OutOfSensor::kKeep},
                                                     {"drop", OutOfSensor::kDrop},
                                                     {"raise", OutOfSensor::kRaise}});
     }},
    {"polarity",
     [](const Option& o, Options& to) {
       to.binary_polarity = to_choice<bool>(o, {{"signed", false}, {"binary", true}});
     }},
    {"t_type",
     [](const Option& o, Options& to) {
       to.t_type = to_choice<TimeType>(o, {{"duration", TimeType::kDuration},
                                           {"int64", TimeType::kInt64},
                                           {"timestamp", TimeType::kTimestamp}});
     }},
    {"origin", [](const Option& o, Options& to) { to.origin = to_origin(o); }},
    {"sort", [](const Option& o,
                Options& to) { to.sort = to_choice<bool>(o, {{"true", true}, {"false", false}}); }},
    {"io",
     [](const Option& o, Options& to) {
       to.io = to_choice<Io>(o, {{"auto", Io::kAuto}, {"mmap", Io::kMmap}, {"pread", Io::kPread}});
     }},
    {"threads", [](const Option& o, Options& to) { to.threads = to_number<int>(o, 0, 1024); }},
}};

constexpr std::array<Key<Scan>, 7> kScanKeys = {{
    {"start", [](const Option& o,
                 Scan& to) { to.predicate.t_begin = to_number<int64_t>(o, INT64_MIN, INT64_MAX); }},
    {"end", [](const Option& o,
               Scan& to) { to.predicate.t_end = to_number<int64_t>(o, INT64_MIN, INT64_MAX); }},
    {"region", [](const Option& o, Scan& to) { set_region(o, to.predicate); }},
    {"polarity",
     [](const Option& o, Scan& to) { to.predicate.polarity = to_number<int8_t>(o, -1, 1); }},
    {"columns", [](const Option& o, Scan& to) { to.columns = to_columns(o, to.schema()); }},
    {"limit", [](const Option& o, Scan& to) { to.limit = to_number<uint64_t>(o, 0, kNoLimit); }},
    {"batch_size",
     [](const Option& o, Scan& to) { to.batch_size = to_number<size_t>(o, 1, kMaxBatchSize); }},
}};

template <typename Target>
const Key<Target>& find_key(std::span<const Key<Target>> keys, std::string_view name) {
  std::string names;
  for (const Key<Target>& key : keys) {
    if (key.name == name) return key;
    names.append(names.empty() ? "" : ", ").append(key.name);
  }
  refuse("there is no option '" + std::string(name) + "': the options are " + names);
}

template <typename Target>
void parse(std::string_view text, std::span<const Key<Target>> keys, Target& target) {
  if (text.empty()) return;
  std::set<std::string_view> seen;
  split(text, ';', [&](std::string_view part) {
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      refuse("options are 'key=value;key=value', found '" + std::string(part) + "'");
    }
    const Option option{.key = part.substr(0, equals), .value = part.substr(equals + 1)};
    const Key<Target>& key = find_key(keys, option.key);
    if (!seen.insert(option.key).second) {
      refuse("option " + std::string(option.key) + " is there twice");
    }
    key.set(option, target);
  });
}

}  // namespace

Options parse_options(std::string_view text) {
  Options options;
  parse<Options>(text, kOpenKeys, options);
  return options;
}

void parse_scan(std::string_view text, Scan& scan) { parse<Scan>(text, kScanKeys, scan); }

}  // namespace evarrow
