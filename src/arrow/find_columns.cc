// SPDX-License-Identifier: Apache-2.0
// Which columns of a table are ours, and what their Arrow formats mean.
#include <optional>
#include <span>
#include <string_view>

#include "arrow/columns.h"
#include "evarrow/error.h"

namespace evarrow {
namespace {

// The first name that is there is taken.
constexpr std::array<std::string_view, 1> kXNames = {"x"};
constexpr std::array<std::string_view, 1> kYNames = {"y"};
constexpr std::array<std::string_view, 4> kTimeNames = {"t", "ts", "timestamp", "time"};
constexpr std::array<std::string_view, 4> kPolarityNames = {"polarity", "p", "pol", "on"};

std::span<const std::string_view> names_of(EventColumn target) noexcept {
  switch (target) {
    case kX:
      return kXNames;
    case kY:
      return kYNames;
    case kT:
      return kTimeNames;
    case kPolarity:
      break;
  }
  return kPolarityNames;
}

std::string_view text(const char* maybe_null) noexcept {
  return maybe_null == nullptr ? std::string_view() : std::string_view(maybe_null);
}

std::optional<Storage> storage_of(std::string_view format) noexcept {
  if (format == "c") return Storage::kInt8;
  if (format == "s") return Storage::kInt16;
  if (format == "i") return Storage::kInt32;
  if (format == "l") return Storage::kInt64;
  if (format == "C") return Storage::kUint8;
  if (format == "S") return Storage::kUint16;
  if (format == "I") return Storage::kUint32;
  if (format == "L") return Storage::kUint64;
  if (format == "b") return Storage::kBool;
  return std::nullopt;
}

// A duration or a timestamp of any zone: int64 counts of a unit.
bool read_time(std::string_view format, SourceColumn& column) noexcept {
  if (format.size() < 3 || (!format.starts_with("tD") && !format.starts_with("ts"))) return false;
  column.storage = Storage::kInt64;
  switch (format[2]) {
    case 's':
      column.multiply = 1'000'000;
      return true;
    case 'm':
      column.multiply = 1'000;
      return true;
    case 'u':
      return true;
    case 'n':
      column.divide = 1'000;
      return true;
    default:
      return false;
  }
}

std::string describe(const ArrowSchema& field) {
  const std::string_view format = text(field.format);
  if (field.dictionary != nullptr) return "dictionary-encoded (a categorical)";
  if (format == "u" || format == "U" || format == "vu") return "a string";
  if (format == "z" || format == "Z" || format == "vz") return "binary data";
  if (format == "e") return "float16";
  if (format == "f") return "float32";
  if (format == "g") return "float64";
  if (format == "b") return "boolean";
  if (format == "n") return "all null";
  if (format.starts_with("tD")) return "a duration";
  if (format.starts_with("ts")) return "a timestamp";
  if (format.starts_with("td")) return "a date";
  if (format.starts_with("tt")) return "a time of day";
  if (format.starts_with("d:")) return "a decimal";
  if (format.starts_with('+')) return "a nested column";
  return "of Arrow format '" + std::string(format) + "'";
}

std::string_view advice_for(EventColumn target) noexcept {
  switch (target) {
    case kX:
    case kY:
      return "cast it to int16";
    case kT:
      return "cast it to a duration, a timestamp or an integer of microseconds";
    case kPolarity:
      break;
  }
  return "cast it to int8 or boolean";
}

void read_type(const ArrowSchema& field, SourceColumn& column) {
  if (field.dictionary == nullptr) {
    const std::string_view format = text(field.format);
    if (column.target == kT && read_time(format, column)) return;
    const std::optional<Storage> storage = storage_of(format);
    const bool takes_bool = column.target == kPolarity;
    if (storage && (takes_bool || *storage != Storage::kBool)) {
      column.storage = *storage;
      return;
    }
  }
  throw Error(ErrorCode::kArgument, "column '" + column.name + "' is " + describe(field) + ": " +
                                        std::string(advice_for(column.target)));
}

std::string list_columns(std::span<ArrowSchema* const> fields) {
  if (fields.empty()) return "no columns";
  std::string list;
  for (const ArrowSchema* field : fields) {
    list.append(list.empty() ? "'" : ", '").append(text(field->name)).append("'");
  }
  return list;
}

// The place of the column called `name`, if there is one.
std::optional<size_t> find_name(std::span<ArrowSchema* const> fields, std::string_view name) {
  std::optional<size_t> found;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (text(fields[i]->name) != name) continue;
    if (found) {
      throw Error(ErrorCode::kArgument, "there are two columns '" + std::string(name) +
                                            "': rename or drop the one that is not meant");
    }
    found = i;
  }
  return found;
}

SourceColumn find_column(std::span<ArrowSchema* const> fields, EventColumn target) {
  std::string tried;
  for (const std::string_view name : names_of(target)) {
    if (const std::optional<size_t> child = find_name(fields, name)) {
      SourceColumn column;
      column.target = target;
      column.name = name;
      column.child = *child;
      read_type(*fields[*child], column);
      return column;
    }
    tried.append(tried.empty() ? "'" : " or '").append(name).append("'");
  }
  throw Error(ErrorCode::kArgument, "events need a column " + tried + ", and there are " +
                                        list_columns(fields) + ": rename the one that is meant");
}

}  // namespace

SourceColumns find_columns(const ArrowSchema& table) {
  if (text(table.format) != "+s" || table.dictionary != nullptr) {
    throw Error(ErrorCode::kArgument,
                "expected a table of events (a struct of columns), found a column that is " +
                    describe(table) + ": pass the table");
  }
  const std::span<ArrowSchema* const> fields(table.children, static_cast<size_t>(table.n_children));
  SourceColumns columns;
  for (const EventColumn target : {kX, kY, kT, kPolarity}) {
    columns[target] = find_column(fields, target);
  }
  return columns;
}

}  // namespace evarrow
