// SPDX-License-Identifier: Apache-2.0
// Somebody else's columns: which of them are ours, how they are stored, and how to copy them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "evarrow/arrow.h"
#include "evarrow/event.h"

namespace evarrow {

enum class Storage : uint8_t {
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kBool
};

// A column of a stream that becomes a column of ours.
struct SourceColumn {
  EventColumn target = kX;
  std::string name;
  size_t child = 0;  // its place in the struct
  Storage storage = Storage::kInt16;
  // Times in microseconds are value * multiply / divide, rounded down.
  int64_t multiply = 1;
  int64_t divide = 1;
};
using SourceColumns = std::array<SourceColumn, kEventFields.size()>;

// Finds our columns among those of a table. Throws Error(kArgument) that names what is missing,
// there twice or of a type that cannot be taken.
SourceColumns find_columns(const ArrowSchema& table);

// Copies `rows` values from index `begin` of the buffer `values` into the rows at the front of
// `to`. `row` is the number of the first of them in the whole stream, for messages. Throws
// Error(kArgument) that names the row of the first value that our column cannot hold.
void copy_values(const SourceColumn& column, const void* values, size_t begin, size_t rows,
                 uint64_t row, EventBatch& to);

// The values from index `begin` on where they lie, if they are stored as our column stores them and
// need no other look than at each (polarity is -1 or 1); else null.
const void* find_values(const SourceColumn& column, const void* values, size_t begin,
                        size_t rows) noexcept;

}  // namespace evarrow
