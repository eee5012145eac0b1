// SPDX-License-Identifier: Apache-2.0
// What text looks like, and its first line, from which a reader knows it again.
#include <algorithm>
#include <array>

#include "evarrow/error.h"
#include "formats/csv/encoder.h"

namespace evarrow::csv {
namespace {

struct Unit {
  std::string_view name;
  int power;
  std::string_view column;  // what the times are called
};
constexpr std::array<Unit, 4> kUnits = {
    {{"us", 0, "t"}, {"s", 6, "t_s"}, {"ms", 3, "t_ms"}, {"ns", -3, "t_ns"}}};

constexpr std::array<std::string_view, 4> kHeaders = {"sizes", "names", "comment", "none"};

std::string value_of(const EncodeOptions& options, const char* name, const char* otherwise) {
  const auto found = options.named.find(name);
  return found == options.named.end() ? otherwise : found->second;
}

[[noreturn]] void refuse(const char* option, const std::string& value, const char* known) {
  throw Error(ErrorCode::kArgument, "the option '" + std::string(option) + "' of text is " + known +
                                        ", not '" + value + "'");
}

}  // namespace

Style style_of(const EncodeOptions& options) {
  Style style;
  const std::string unit = value_of(options, "unit", "us");
  const auto known = std::ranges::find(kUnits, unit, &Unit::name);
  if (known == kUnits.end()) refuse("unit", unit, "us, s, ms or ns");
  style.time_power = known->power;
  std::string separator = value_of(options, "separator", ",");
  if (separator == "tab") separator = "\t";
  if (separator.size() != 1 || std::string_view(",; \t").find(separator) == std::string::npos) {
    refuse("separator", separator, "a comma, a semicolon, a blank or tab");
  }
  style.separator = separator.front();
  style.columns = value_of(options, "columns", "txyp");
  std::string sorted = style.columns;
  std::ranges::sort(sorted);
  if (sorted != "ptxy") refuse("columns", style.columns, "t, x, y and p in any order");
  style.header = value_of(options, "header", "sizes");
  if (std::ranges::find(kHeaders, style.header) == kHeaders.end()) {
    refuse("header", style.header, "sizes, names, comment or none");
  }
  return style;
}

std::string write_header(const Header& header, const EncodeOptions& options) {
  const Style style = style_of(options);
  if (style.header == "none") return {};
  const bool sizes = style.header != "names" && header.width > 0 && header.height > 0;
  std::string line = style.header == "comment" ? "# " : "";
  for (const char column : style.columns) {
    if (line.size() > (style.header == "comment" ? 2 : 0)) line += style.separator;
    if (column == 't') {
      line += std::ranges::find(kUnits, style.time_power, &Unit::power)->column;
    } else {
      line += column;
    }
    if (sizes && column == 'x') line += '@' + std::to_string(header.width);
    if (sizes && column == 'y') line += '@' + std::to_string(header.height);
  }
  return line + '\n';
}

}  // namespace evarrow::csv
