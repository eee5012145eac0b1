// SPDX-License-Identifier: Apache-2.0
// One line of text: fields, numbers, and what becomes of them.
#include <algorithm>

#include "formats/csv/csv.h"
#include "formats/csv/numbers.h"

namespace evarrow::csv {
namespace {

constexpr std::string_view kLetters = "xytp";  // by the number of the column

struct Unit {
  std::string_view name;
  int power;  // of ten, to microseconds
};
constexpr std::array<Unit, 4> kUnits = {{{"s", 6}, {"ms", 3}, {"us", 0}, {"ns", -3}}};

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// What lies between the double quotes that a line begins with; nothing if there are none, or if
// more than the field is between them and the next separator.
std::string_view quoted(std::string_view line) noexcept {
  if (line.front() != '"') return {};
  const size_t end = line.find('"', 1);
  const bool ends =
      end != std::string_view::npos && (end + 1 == line.size() || is_separator(line[end + 1]));
  return ends ? line.substr(1, end - 1) : std::string_view();
}

bool is_word(std::string_view text, std::string_view lower) noexcept {
  return std::ranges::equal(text, lower, [](char a, char b) { return (a | 0x20) == b; });
}

// A coordinate is a whole number, however it is written.
bool read_coordinate(std::string_view text, int32_t& to) noexcept {
  const auto number = read_decimal(text);
  if (!number) return false;
  const auto value = to_integer(*number, 0);
  if (!value || !is_whole(*number)) return false;
  if (*value < INT16_MIN || *value > INT16_MAX) return false;
  to = static_cast<int32_t>(*value);
  return true;
}

bool read_polarity(std::string_view text, uint32_t& to) noexcept {
  const auto number = read_decimal(text);
  if (number) {
    to = number->digits != 0 && !number->negative ? 1 : 0;
    return true;
  }
  to = is_word(text, "true") ? 1 : 0;
  return to != 0 || is_word(text, "false");
}

bool read_field(std::string_view text, int8_t role, int time_power, Event& event) noexcept {
  switch (role) {
    case kX:
      return read_coordinate(text, event.x);
    case kY:
      return read_coordinate(text, event.y);
    case kPolarity:
      return read_polarity(text, event.polarity_bit);
    case kT: {
      const auto number = read_decimal(text);
      const auto value = number ? to_integer(*number, time_power) : std::nullopt;
      event.t = value.value_or(0);
      return value.has_value();
    }
    default:
      return true;
  }
}

// A number of digits, maybe with a sign and a point.
struct Plain {
  uint64_t digits = 0;
  uint32_t whole = 0;     // digits before the point
  uint32_t fraction = 0;  // and behind it
  bool negative = false;
};

// Moves behind the digits; `text` ends with something else.
uint32_t read_digits(const char*& at, uint64_t& digits) noexcept {
  const char* const begin = at;
  for (; detail::is_digit(*at); ++at) digits = 10 * digits + static_cast<uint64_t>(*at - '0');
  return static_cast<uint32_t>(at - begin);
}

Plain read_plain(const char*& at) noexcept {
  Plain number;
  number.negative = *at == '-';
  if (number.negative) ++at;
  number.whole = read_digits(at, number.digits);
  if (*at == '.') number.fraction = read_digits(++at, number.digits);
  return number;
}

// False if it takes more care, or is wrong.
bool use_plain(const Plain& number, int8_t role, uint32_t time_power, Event& event) noexcept {
  constexpr uint32_t kSafe = 18;  // digits, which fit whatever they are
  if (role == kIgnored) return true;
  if (role == kT) {
    if (number.fraction > time_power || number.whole + time_power > kSafe) return false;
    const uint64_t factor = detail::kPowers[time_power - number.fraction];
    const auto t = static_cast<int64_t>(number.digits * factor);
    event.t = number.negative ? -t : t;
    return true;
  }
  if (number.fraction != 0 || number.whole > 5 || number.digits > INT16_MAX) return false;
  const auto value = static_cast<int32_t>(number.digits);
  if (role == kX) event.x = number.negative ? -value : value;
  if (role == kY) event.y = number.negative ? -value : value;
  if (role == kPolarity) event.polarity_bit = value != 0 && !number.negative ? 1 : 0;
  return true;
}

}  // namespace

size_t read_plain_line(std::string_view text, const Columns& columns, Event& event) noexcept {
  // The last line may lack an end, which is what numbers are read up to.
  if (text.empty() || columns.time_power < 0) return 0;
  const char* at = text.data();
  const char* const end = at + text.size() - 1;
  if (*end != '\n') return 0;
  const auto time_power = static_cast<uint32_t>(columns.time_power);
  for (size_t i = 0; i < columns.count; ++i) {
    while (is_blank(*at)) ++at;
    const Plain number = read_plain(at);
    if (number.whole == 0 || !use_plain(number, columns.role[i], time_power, event)) return 0;
    if (*at == '\n' || *at == '\r') {
      if (i + 1 < columns.count) return 0;
      break;
    }
    if (!is_separator(*at)) return 0;
    while (is_blank(*at)) ++at;
    if (is_mark(*at)) ++at;
  }
  if (*at == '\r') ++at;
  return *at == '\n' ? static_cast<size_t>(at - text.data()) + 1 : 0;
}

std::optional<std::string_view> next_field(std::string_view& line) noexcept {
  skip_blanks(line);
  if (line.empty()) return {};
  std::string_view field = quoted(line);
  size_t length = field.size() + 2;
  if (field.data() == nullptr) {
    length = static_cast<size_t>(std::ranges::find_if(line, is_separator) - line.begin());
    field = line.substr(0, length);
  }
  line.remove_prefix(length);
  skip_blanks(line);
  if (!line.empty() && is_mark(line.front())) line.remove_prefix(1);
  return field;
}

Line read_line(std::string_view line, const Columns& columns, Event& event) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  skip_blanks(line);
  if (line.empty() || line.front() == '#' || line.front() == '%') return Line::kNothing;
  const bool ends_empty = !line.empty() && is_mark(line.back());  // its last field is empty
  for (size_t i = 0; i < columns.count; ++i) {
    const auto field = next_field(line);
    if (!field && ends_empty && i + 1 == columns.count && columns.role[i] == kIgnored) break;
    if (!field || !read_field(*field, columns.role[i], columns.time_power, event)) {
      return Line::kBad;
    }
  }
  // Of a line with as many fields as are looked at the rest is not known.
  const bool ends = columns.count == kMostColumns || !next_field(line);
  return ends ? Line::kEvent : Line::kBad;
}

std::string layout_of(const Columns& columns) {
  std::string text;
  for (size_t i = 0; i < columns.count; ++i) {
    text += columns.role[i] == kIgnored ? '-' : kLetters[static_cast<size_t>(columns.role[i])];
  }
  const auto unit = std::ranges::find(kUnits, columns.time_power, &Unit::power);
  return text + ' ' + std::string(unit == kUnits.end() ? "us" : unit->name);
}

std::optional<Columns> columns_of(std::string_view layout) {
  const size_t blank = layout.find(' ');
  const std::string_view letters = layout.substr(0, blank);
  const std::string_view name = blank == std::string_view::npos ? "us" : layout.substr(blank + 1);
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  if (letters.empty() || letters.size() > kMostColumns || unit == kUnits.end()) return {};
  Columns columns;
  columns.time_power = unit->power;
  uint32_t found = 0;
  for (const char letter : letters) {
    const size_t role = kLetters.find(letter);
    if (role == std::string_view::npos && letter != '-') return {};
    columns.role[columns.count++] = letter == '-' ? kIgnored : static_cast<int8_t>(role);
    if (letter != '-') found |= uint32_t{1} << role;
  }
  return found == 0xF ? std::optional(columns) : std::nullopt;
}

}  // namespace evarrow::csv
