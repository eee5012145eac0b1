// SPDX-License-Identifier: Apache-2.0
// Values of any integer type into the types of our columns.
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "arrow/columns.h"
#include "evarrow/error.h"

namespace evarrow {
namespace {

// Buffers of other makers need not be aligned.
template <typename T>
T load(const std::byte* values, size_t i) noexcept {
  T value;
  std::memcpy(&value, values + i * sizeof(T), sizeof(T));
  return value;
}

// The values of a bit-packed boolean column, from bit `begin` on.
struct Bits {
  const std::byte* bytes;
  size_t begin;

  uint8_t operator[](size_t i) const noexcept {
    return static_cast<uint8_t>(load<uint8_t>(bytes, (begin + i) / 8) >> (begin + i) % 8 & 1);
  }
};

template <typename T>
struct Values {
  const std::byte* bytes;

  T operator[](size_t i) const noexcept { return load<T>(bytes, i); }
};

struct PixelRule {
  using To = int16_t;

  template <typename From>
  bool takes(From value) const noexcept {
    return std::in_range<int16_t>(value);
  }
  template <typename From>
  int16_t convert(From value) const noexcept {
    return static_cast<int16_t>(value);
  }
  static constexpr std::string_view kReason = "and a coordinate is -32768 to 32767 (int16)";
};

struct PolarityRule {
  using To = int8_t;

  template <typename From>
  bool takes(From value) const noexcept {
    if constexpr (std::is_signed_v<From>) {
      return value >= -1 && value <= 1;
    } else {
      return value <= 1;
    }
  }
  template <typename From>
  int8_t convert(From value) const noexcept {
    return value > 0 ? int8_t{1} : int8_t{-1};
  }
  static constexpr std::string_view kReason = "and a polarity is 1 (ON), 0 or -1 (OFF)";
};

struct TimeRule {
  using To = int64_t;

  explicit TimeRule(const SourceColumn& column)
      : multiply(column.multiply),
        divide(column.divide),
        least(std::numeric_limits<int64_t>::min() / multiply),
        most(std::numeric_limits<int64_t>::max() / multiply) {}

  template <typename From>
  bool takes(From value) const noexcept {
    return std::in_range<int64_t>(value) && static_cast<int64_t>(value) >= least &&
           static_cast<int64_t>(value) <= most;
  }
  // Unsigned arithmetic, as it sees values that are not taken too.
  template <typename From>
  int64_t convert(From value) const noexcept {
    const auto scaled =
        static_cast<int64_t>(static_cast<uint64_t>(value) * static_cast<uint64_t>(multiply));
    if (divide == 1) return scaled;
    return scaled / divide - (scaled % divide < 0 ? 1 : 0);
  }
  static constexpr std::string_view kReason = "and 64 bits of microseconds do not reach that far";

  int64_t multiply, divide, least, most;
};

template <typename Source, typename Rule>
void copy_checked(const Source& values, size_t rows, const Rule& rule, typename Rule::To* to,
                  const SourceColumn& column, uint64_t row) {
  bool all_taken = true;
  for (size_t i = 0; i < rows; ++i) {
    const auto value = values[i];
    all_taken &= rule.takes(value);
    to[i] = rule.convert(value);
  }
  if (all_taken) return;
  size_t first = 0;
  while (rule.takes(values[first])) ++first;
  throw Error(ErrorCode::kArgument,
              "column '" + column.name + "' holds " + std::to_string(values[first]) + " in row " +
                  std::to_string(row + first) + ", " + std::string(Rule::kReason));
}

template <typename Rule>
void copy_any(const SourceColumn& column, const std::byte* values, size_t begin, size_t rows,
              uint64_t row, const Rule& rule, typename Rule::To* to) {
  const auto copy_as = [&]<typename From>(std::type_identity<From>) {
    copy_checked(Values<From>{values + begin * sizeof(From)}, rows, rule, to, column, row);
  };
  switch (column.storage) {
    case Storage::kInt8:
      return copy_as(std::type_identity<int8_t>());
    case Storage::kInt16:
      return copy_as(std::type_identity<int16_t>());
    case Storage::kInt32:
      return copy_as(std::type_identity<int32_t>());
    case Storage::kInt64:
      return copy_as(std::type_identity<int64_t>());
    case Storage::kUint8:
      return copy_as(std::type_identity<uint8_t>());
    case Storage::kUint16:
      return copy_as(std::type_identity<uint16_t>());
    case Storage::kUint32:
      return copy_as(std::type_identity<uint32_t>());
    case Storage::kUint64:
      return copy_as(std::type_identity<uint64_t>());
    case Storage::kBool:
      return copy_checked(Bits{values, begin}, rows, rule, to, column, row);
  }
}

bool counts_microseconds(const SourceColumn& column) noexcept {
  return column.storage == Storage::kInt64 && column.multiply == 1 && column.divide == 1;
}

bool is_stored_as_ours(const SourceColumn& column) noexcept {
  switch (column.target) {
    case kX:
    case kY:
      return column.storage == Storage::kInt16;
    case kT:
      return counts_microseconds(column);
    case kPolarity:
      return column.storage == Storage::kInt8;
  }
  return false;
}

void copy_pixels(const SourceColumn& column, const std::byte* values, size_t begin, size_t rows,
                 uint64_t row, int16_t* to) {
  if (column.storage == Storage::kInt16) {
    std::memcpy(to, values + begin * sizeof(int16_t), rows * sizeof(int16_t));
  } else {
    copy_any(column, values, begin, rows, row, PixelRule(), to);
  }
}

void copy_times(const SourceColumn& column, const std::byte* values, size_t begin, size_t rows,
                uint64_t row, int64_t* to) {
  if (counts_microseconds(column)) {
    std::memcpy(to, values + begin * sizeof(int64_t), rows * sizeof(int64_t));
  } else {
    copy_any(column, values, begin, rows, row, TimeRule(column), to);
  }
}

}  // namespace

void copy_values(const SourceColumn& column, const void* values, size_t begin, size_t rows,
                 uint64_t row, EventBatch& to) {
  const auto* bytes = static_cast<const std::byte*>(values);
  switch (column.target) {
    case kX:
      return copy_pixels(column, bytes, begin, rows, row, to.x());
    case kY:
      return copy_pixels(column, bytes, begin, rows, row, to.y());
    case kT:
      return copy_times(column, bytes, begin, rows, row, to.t());
    case kPolarity:
      return copy_any(column, bytes, begin, rows, row, PolarityRule(), to.polarity());
  }
}

const void* find_values(const SourceColumn& column, const void* values, size_t begin,
                        size_t rows) noexcept {
  if (!is_stored_as_ours(column)) return nullptr;
  const size_t width = width_of(kEventFields[column.target].type);
  const std::byte* found = static_cast<const std::byte*>(values) + begin * width;
  if (reinterpret_cast<uintptr_t>(found) % width != 0) return nullptr;
  if (column.target != kPolarity) return found;
  const auto* polarity = reinterpret_cast<const int8_t*>(found);
  // One more than -1 or 1 is 0 or 2. Bytes, not truth values: compilers take many at a time.
  uint8_t others = 0;
  for (size_t i = 0; i < rows; ++i) others |= static_cast<uint8_t>((polarity[i] + 1) & ~2);
  return others == 0 ? found : nullptr;
}

}  // namespace evarrow
