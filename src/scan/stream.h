// SPDX-License-Identifier: Apache-2.0
// The streams a pass can give: their schemas, and which column is which.
#pragma once

#include <string_view>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

inline constexpr size_t kNoColumn = kMaxColumns;

// Where the columns of a stream that predicates and sorting look at are; kNoColumn: not there.
struct Stream {
  std::string_view name;
  Schema schema;
  size_t t = kNoColumn;
  size_t x = kNoColumn;
  size_t y = kNoColumn;
  size_t polarity = kNoColumn;
};

// Throws Error(kArgument) that lists the streams of `format` if it has no such stream.
const Stream& find_stream(const Format& format, std::string_view name);

// Whether an index knows in which blocks the rows of a stream are, and how many they are.
constexpr bool is_indexed(std::string_view stream) noexcept {
  return stream == "events" || stream == "triggers";
}

constexpr uint32_t column_bit(size_t column) noexcept {
  return column == kNoColumn ? 0 : uint32_t{1} << column;
}

// The pointer of `batches` that stands for a stream.
Batch*& batch_of(Batches& batches, const Stream& stream) noexcept;

}  // namespace evarrow
