// SPDX-License-Identifier: Apache-2.0
// What the first lines say, and the first data where they say nothing.
#include <algorithm>
#include <charconv>
#include <vector>

#include "evarrow/error.h"
#include "formats/csv/csv.h"
#include "formats/csv/numbers.h"
#include "formats/text.h"

namespace evarrow::csv {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8
constexpr size_t kLookedAt = 1000;                  // lines of data, to know what they are
constexpr size_t kFewLines = 10;                    // enough to see that it is text

using Fields = std::vector<std::string_view>;

std::string_view text_of(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

// Goes from line to line; the last one counts only if the text is all there is.
class LineReader {
 public:
  LineReader(std::string_view text, size_t at, bool whole) : text_(text), at_(at), whole_(whole) {}

  bool next(std::string_view& line) noexcept {
    const size_t end = text_.find('\n', at_);
    if (at_ >= text_.size() || (end == std::string_view::npos && !whole_)) return false;
    begin_ = at_;
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    line = text_.substr(begin_, (end == std::string_view::npos ? text_.size() : end) - begin_);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    return true;
  }
  size_t begin() const noexcept { return begin_; }
  size_t at() const noexcept { return at_; }

 private:
  std::string_view text_;
  size_t at_;
  size_t begin_ = 0;
  bool whole_;
};

Fields fields_of(std::string_view line) {
  Fields fields;
  while (fields.size() < kMostColumns) {
    const auto field = next_field(line);
    if (!field) break;
    fields.push_back(*field);
  }
  return fields;
}

bool is_number(std::string_view text) noexcept { return read_decimal(text).has_value(); }
// -1, 0 or 1, however it is written.
bool is_polarity(std::string_view text) {
  const auto number = read_decimal(text);
  if (!number) {
    const std::string word = lower(text);
    return word == "true" || word == "false";
  }
  constexpr int64_t kOne = 1000;
  const auto value = to_integer(*number, 3);
  return value && !number->rest && (*value == 0 || *value == kOne || *value == -kOne);
}

struct Name {
  std::string_view name;
  int8_t role;
};
constexpr std::array<Name, 11> kNames = {{{"t", kT},
                                          {"ts", kT},
                                          {"timestamp", kT},
                                          {"timestamps", kT},
                                          {"time", kT},
                                          {"x", kX},
                                          {"y", kY},
                                          {"p", kPolarity},
                                          {"pol", kPolarity},
                                          {"polarity", kPolarity},
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

// What the first lines say.
struct Front {
  Columns columns;
  bool has_names = false;
  bool has_unit = false;
  bool has_geometry_line = false;  // "%geometry:1280,720"
  int32_t width = 0, height = 0;
  size_t payload = 0;
};

std::optional<int> power_of(std::string_view unit) {
  const auto* found = std::ranges::find(kUnits, unit, &Unit::name);
  return found == kUnits.end() ? std::nullopt : std::optional(found->power);
}

int32_t size_of(std::string_view text) noexcept {
  int32_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && size > 0 && size <= INT16_MAX ? size : 0;
}

// "t", "t_us", "t[us]", "timestamp(s)", "x@320": the role of a column; its unit or size go to
// `front`.
int8_t use_name(std::string_view field, Front& front) {
  std::string name = lower(field);
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
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
  } else if (!rest.empty()) {
    const int32_t size = size_of(rest);
    if (size == 0 || name[cut] != '@') return kIgnored;
    (known->role == kX ? front.width : front.height) = size;
  }
  return known->role;
}

// Whether a line names all four columns.
bool read_names(std::string_view line, Front& front) {
  if (line.starts_with('#') || line.starts_with('%')) line.remove_prefix(1);
  // A unit may stand apart from its name: "timestamp (s)".
  std::string joined(line);
  for (size_t at = joined.find(" ("); at != std::string::npos; at = joined.find(" (")) {
    joined.erase(at, 1);
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
  if (found != 0xF) return false;
  front = named;
  front.has_names = true;
  return true;
}

// "%geometry:1280,720", or a line of two numbers alone.
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

// Reads the lines before the data.
Front read_front(std::string_view text, bool whole) {
  Front front;
  front.payload = text.starts_with(kMark) ? kMark.size() : 0;
  LineReader lines(text, front.payload, whole);
  for (std::string_view line; lines.next(line);) {
    const bool comment = line.empty() || line.front() == '#' || line.front() == '%';
    const bool read = (!front.has_names && read_names(line, front)) || read_geometry(line, front);
    if (!comment && !read) break;
    front.payload = lines.at();
  }
  return front;
}

// The first lines of data.
std::vector<Fields> read_data(std::string_view text, size_t at, bool whole, size_t most) {
  std::vector<Fields> data;
  LineReader lines(text, at, whole);
  for (std::string_view line; data.size() < most && lines.next(line);) {
    if (line.empty() || line.front() == '#' || line.front() == '%') continue;
    data.push_back(fields_of(line));
  }
  return data;
}

size_t share_of(const std::vector<Fields>& data, size_t column, bool (*is)(std::string_view)) {
  return static_cast<size_t>(std::ranges::count_if(
      data, [&](const Fields& fields) { return fields.size() > column && is(fields[column]); }));
}

// Columns without names: "t x y p", or "x y p t" behind a line with the geometry.
std::optional<std::string_view> usual_order(const Front& front, const std::vector<Fields>& data) {
  const auto mostly = [&](size_t column) {
    return 2 * share_of(data, column, is_polarity) > data.size();
  };
  if (front.has_geometry_line) return mostly(2) ? std::optional("xypt") : std::nullopt;
  return data.empty() || mostly(3) ? std::optional("txyp") : std::nullopt;
}

void choose_order(const Options& options, const std::vector<Fields>& data, Front& front) {
  if (front.has_names && options.order.empty()) return;
  const std::string order(options.order.empty() ? usual_order(front, data).value_or("")
                                                : std::string_view(options.order));
  const auto columns = columns_of(order);
  if (!columns) {
    throw Error(ErrorCode::kFormat,
                "nothing says which of its columns is which, and they do not look like t x y p: "
                "pass order=\"xypt\" or whatever it is");
  }
  const int power = front.columns.time_power;
  front.columns = *columns;
  front.columns.time_power = power;
}

bool has_point(std::string_view text) {
  return text.find_first_of(".eE") != std::string_view::npos;
}

void choose_unit(const Options& options, const std::vector<Fields>& data, Front& front) {
  if (!options.t_unit.empty()) {
    front.columns.time_power = power_of(options.t_unit).value_or(0);
  } else if (!front.has_unit) {
    const auto* role = std::ranges::find(front.columns.role, int8_t{kT});
    const auto column = static_cast<size_t>(role - front.columns.role.begin());
    front.columns.time_power = share_of(data, column, has_point) != 0 ? 6 : 0;
  }
}

}  // namespace

Header read_header(Bytes head, bool /*trust_geometry*/, const Options& options) {
  constexpr size_t kWholeBelow = size_t{1} << 20;  // of the head that is given
  const std::string_view text = text_of(head);
  const bool whole = head.size() < kWholeBelow;
  Front front = read_front(text, whole);
  const auto data = read_data(text, front.payload, whole, kLookedAt);
  choose_order(options, data, front);
  choose_unit(options, data, front);
  Header header;
  header.width = front.width > 0 && front.height > 0 ? front.width : 0;
  header.height = header.width > 0 ? front.height : 0;
  header.payload = front.payload;
  header.layout = layout_of(front.columns);
  header.fields = {{"columns", header.layout}};
  return header;
}

bool matches(Bytes head) noexcept {
  constexpr size_t kFront = 4096;
  const std::string_view text = text_of(head).substr(0, kFront);
  const auto is_binary = [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\r' && c != '\n';
  };
  if (std::ranges::any_of(text, is_binary)) return false;
  try {
    const bool whole = head.size() < kFront;
    const Front front = read_front(text, whole);
    const auto data = read_data(text, front.payload, whole, kFewLines);
    const auto good = std::ranges::count_if(data, [](const Fields& fields) {
      return fields.size() >= 4 && is_number(fields[0]) && is_number(fields[1]) &&
             is_number(fields[2]);
    });
    return data.empty() ? front.has_names : 2 * static_cast<size_t>(good) >= data.size();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace evarrow::csv
