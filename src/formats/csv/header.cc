// SPDX-License-Identifier: Apache-2.0
// What the first lines say, and the first data where they say nothing.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "evarrow/error.h"
#include "formats/csv/csv.h"
#include "formats/csv/names.h"
#include "formats/csv/numbers.h"
#include "formats/text.h"

namespace evarrow::csv {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8
constexpr size_t kLookedAt = 1000;                  // lines of data, to know what they are
constexpr size_t kFewLines = 10;                    // enough to see that it is text

std::string_view text_of(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
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

bool is_comment(std::string_view line) noexcept {
  return line.empty() || line.front() == '#' || line.front() == '%';
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

// Reads the lines before the data.
Front read_front(std::string_view text, bool whole) {
  Front front;
  front.payload = text.starts_with(kMark) ? kMark.size() : 0;
  LineReader lines(text, front.payload, whole);
  for (std::string_view line; lines.next(line);) {
    const bool read =
        (!front.has_names && read_names(line, front) == kAllNamed) || read_geometry(line, front);
    if (!is_comment(line) && !read) break;
    front.payload = lines.at();
  }
  return front;
}

// The first lines of data.
std::vector<Fields> read_data(std::string_view text, size_t at, bool whole, size_t most) {
  std::vector<Fields> data;
  LineReader lines(text, at, whole);
  for (std::string_view line; data.size() < most && lines.next(line);) {
    if (is_comment(line)) continue;
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

void choose_order(Bytes head, const Options& options, const std::vector<Fields>& data,
                  Front& front) {
  if (front.has_names && options.order.empty()) return;
  const std::string order(options.order.empty() ? usual_order(front, data).value_or("")
                                                : std::string_view(options.order));
  const auto columns = columns_of(order);
  if (!columns) {
    const std::string missing = missing_columns(head);
    if (!missing.empty()) throw Error(ErrorCode::kFormat, missing);
    throw Error(ErrorCode::kFormat,
                "nothing says which of its columns is which, and they do not look like t x y p: "
                "pass order=\"xypt\" or whatever it is");
  }
  const int power = front.columns.time_power;
  front.columns = *columns;
  front.columns.time_power = power;
}

// Whether a line of data is one of names that nobody knows: words alone, above numbers.
bool is_of_words(const std::vector<Fields>& data) {
  constexpr size_t kFewest = 4;
  return data.size() > 1 && data[0].size() >= kFewest && data[0].size() == data[1].size() &&
         std::ranges::none_of(data[0], is_number) && std::ranges::all_of(data[1], is_number);
}

// Steps over such a line where the order of the columns is given.
void skip_words(Bytes head, bool whole, const Options& options, std::vector<Fields>& data,
                Front& front) {
  if (front.has_names || !is_of_words(data)) return;
  LineReader lines(text_of(head), front.payload, whole);
  std::string_view line;
  while (lines.next(line) && is_comment(line)) {
  }
  if (options.order.empty()) {
    const std::string missing = missing_columns(head);
    throw Error(ErrorCode::kFormat,
                !missing.empty() ? missing
                                 : "its first line, '" + readable(line) +
                                       "', names no columns that are known: call them t, x, y and "
                                       "p, or say which they are with order=\"txyp\" or whatever "
                                       "it is");
  }
  front.payload = lines.at();
  data.erase(data.begin());
}

// How many fields most lines have.
size_t usual_fields(const std::vector<Fields>& data) {
  std::array<size_t, kMostColumns + 1> lines{};
  for (const Fields& fields : data) ++lines[fields.size()];
  return static_cast<size_t>(std::ranges::max_element(lines) - lines.begin());
}

// Whether what lies between the fields of a line is a comma here and something else there.
bool mixes_separators(const Fields& fields) {
  bool has_comma = false;
  bool has_other = false;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    const std::string_view between(fields[i].end(), fields[i + 1].begin());
    has_comma |= between.find(',') != std::string_view::npos;
    has_other |= between.find_first_of(";|") != std::string_view::npos;
  }
  return has_comma && has_other;
}

// Every line is to have the fields that the first ones have: one that has others is no event.
void count_fields(const Options& options, const std::vector<Fields>& data, Front& front) {
  if (data.empty()) return;
  constexpr const char* kRemedy = ": write decimals with a point, and one field for each column";
  if (mixes_separators(data.front())) {
    throw Error(
        ErrorCode::kFormat,
        "its lines have commas beside another separator, so that decimals cannot be told from "
        "fields" +
            std::string(kRemedy));
  }
  const size_t usual = usual_fields(data);
  if (front.has_names && options.order.empty() && usual > front.names) {
    throw Error(ErrorCode::kFormat, "its lines have " + std::to_string(usual) +
                                        " fields, but its names are " +
                                        std::to_string(front.names) + kRemedy);
  }
  // A comment may have further words behind the names.
  const bool by_names = front.has_names && options.order.empty() &&
                        std::ranges::count(data, front.names, &Fields::size) != 0;
  Columns& columns = front.columns;
  const size_t count = by_names ? front.names : usual;
  while (columns.count < count) columns.role[columns.count++] = kIgnored;
}

bool has_point(std::string_view text) {
  return is_number(text) && text.find_first_of(".eE") != std::string_view::npos;
}

bool is_fraction(std::string_view text) {
  const auto number = read_decimal(text);
  return number && !is_whole(*number);
}
bool is_zero(std::string_view text) {
  const auto number = read_decimal(text);
  return number && number->digits == 0;
}

void choose_unit(const Options& options, const std::vector<Fields>& data, Front& front) {
  if (!options.t_unit.empty()) {
    front.columns.time_power = power_of(options.t_unit).value_or(0);
  } else if (!front.has_unit) {
    const auto* role = std::ranges::find(front.columns.role, int8_t{kT});
    const auto column = static_cast<size_t>(role - front.columns.role.begin());
    const bool has_fractions = share_of(data, column, is_fraction) != 0;
    const bool has_points = share_of(data, column, has_point) != 0;
    if (has_points && !has_fractions && share_of(data, column, is_zero) != data.size()) {
      throw Error(ErrorCode::kFormat,
                  "its times are whole numbers with a point or an exponent, and nothing says what "
                  "they count: pass t_unit=\"s\", \"ms\", \"us\" or \"ns\"");
    }
    front.columns.time_power = has_points ? 6 : 0;
  }
}

}  // namespace

Header read_header(Bytes head, bool /*trust_geometry*/, const Options& options) {
  constexpr size_t kWholeBelow = size_t{1} << 20;  // of the head that is given
  const std::string utf16 = explain_utf16(head);
  if (!utf16.empty()) throw Error(ErrorCode::kFormat, utf16);
  const std::string_view text = text_of(head);
  const bool whole = head.size() < kWholeBelow;
  Front front = read_front(text, whole);
  auto data = read_data(text, front.payload, whole, kLookedAt);
  skip_words(head, whole, options, data, front);
  choose_order(head, options, data, front);
  count_fields(options, data, front);
  choose_unit(options, data, front);
  Header header;
  header.width = front.width > 0 && front.height > 0 ? front.width : 0;
  header.height = header.width > 0 ? front.height : 0;
  header.payload = front.payload;
  header.layout = layout_of(front.columns);
  header.fields = {{"columns", header.layout}};
  return header;
}

std::string missing_columns(Bytes head) {
  constexpr std::array<std::string_view, 4> kCalled = {"x", "y", "times (t or timestamp)",
                                                       "polarities (p or polarity)"};
  constexpr size_t kFront = 4096;
  const std::string_view text = text_of(head).substr(0, kFront);
  LineReader lines(text, text.starts_with(kMark) ? kMark.size() : 0, head.size() < kFront);
  std::string_view line;
  do {
    if (!lines.next(line)) return {};
  } while (line.empty());
  const Fields fields = fields_of(line);
  if (fields.size() == 3 && std::ranges::all_of(fields, is_number)) {
    return "its lines have three numbers, and an event has four: t, x, y and polarity";
  }
  Front unused;
  const uint32_t found = read_names(line, unused);
  if (found == kAllNamed || std::popcount(found) < 2) return {};
  std::string missing;
  for (size_t i = 0; i < kCalled.size(); ++i) {
    if ((found >> i & 1) == 0) missing += (missing.empty() ? "" : ", ") + std::string(kCalled[i]);
  }
  return "its first line names no column of " + missing;
}

std::string explain_utf16(Bytes head) {
  const std::string_view text = text_of(head);
  const bool little = text.starts_with("\xFF\xFE") && text.size() > 3 && text[3] == '\0';
  const bool big = text.starts_with("\xFE\xFF") && text.size() > 3 && text[2] == '\0';
  if (!little && !big) return {};
  return std::string("it is text in UTF-16 (") + (little ? "little" : "big") +
         "-endian), as PowerShell writes it, and text is read as UTF-8: convert it first, as with "
         "`iconv -f UTF-16 -t UTF-8 IN > OUT`";
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
