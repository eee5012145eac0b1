// SPDX-License-Identifier: Apache-2.0
// Events as lines of text. README.md has what is understood.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evarrow/format.h"
#include "evarrow/recording.h"

namespace evarrow::csv {

extern const Format kFormat;

inline constexpr size_t kMostColumns = 32;    // that a line is looked at for
inline constexpr size_t kLongestLine = 4096;  // bytes; a longer one is damage
inline constexpr int8_t kIgnored = -1;

// Which column of a line is which: kX, kY, kT, kPolarity or kIgnored. A line has as many fields.
struct Columns {
  std::array<int8_t, kMostColumns> role{};
  size_t count = 0;
  int time_power = 0;  // microseconds are times 10 to the power of this
};

// As Header::layout has it, "txyp s", and back. Nothing if that is none.
std::string layout_of(const Columns& columns);
std::optional<Columns> columns_of(std::string_view layout);

struct Event {
  int32_t x = 0, y = 0;
  int64_t t = 0;
  uint32_t polarity_bit = 0;
};

// What lies between fields, with or without blanks around it; between numbers blanks will do.
constexpr bool is_mark(char c) noexcept { return c == ',' || c == ';' || c == '|'; }
constexpr bool is_separator(char c) noexcept { return is_mark(c) || c == ' ' || c == '\t'; }

enum class Line : uint8_t { kEvent, kNothing, kBad };

// Reads a line without its end. Blank lines and those that begin with '#' or '%' are nothing.
Line read_line(std::string_view line, const Columns& columns, Event& event) noexcept;

// Reads a line of plain numbers at the front of `text`, as most are. Returns its length with its
// end; 0 if it is any other line, or if it does not end in `text`.
size_t read_plain_line(std::string_view text, const Columns& columns, Event& event) noexcept;

Header read_header(Bytes head, bool trust_geometry, const Options& options);
bool matches(Bytes head) noexcept;
// What to do with text in UTF-16, in one sentence; empty if `head` is not marked as such.
std::string explain_utf16(Bytes head);
// Which columns a first line of names lacks, in one sentence; empty if it names all or hardly any.
std::string missing_columns(Bytes head);

// Fields of a line: what lies between separators, or between double quotes in which there may be
// any. Moves behind the field and the separator; nothing at the end of the line.
std::optional<std::string_view> next_field(std::string_view& line) noexcept;

}  // namespace evarrow::csv
