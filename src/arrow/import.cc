// SPDX-License-Identifier: Apache-2.0
// Events out of somebody's Arrow stream.
#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "arrow/columns.h"
#include "arrow/metadata.h"
#include "evarrow/arrow.h"
#include "evarrow/error.h"

namespace evarrow {
namespace {

// A table may come as one chunk of any length. This many keep several threads at work.
constexpr size_t kBatchRows = 262'144;
// Of rows that are not copied, so that threads are not started too often.
constexpr size_t kBorrowedRows = size_t{4} << 20;
constexpr uint32_t kEventColumns = (1U << kEventFields.size()) - 1;

// One of the C structs, released at the end.
template <typename Struct>
struct Owned {
  Struct value{};

  Owned() = default;
  ~Owned() { reset(); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  bool empty() const noexcept { return value.release == nullptr; }
  void reset() noexcept {
    if (!empty()) value.release(&value);
    value.release = nullptr;
  }
};

[[noreturn]] void throw_broken(const std::string& what) {
  throw Error(ErrorCode::kArgument, "the Arrow stream breaks the rules of its format: " + what);
}

void check_call(ArrowArrayStream& stream, int code) {
  if (code == 0) return;
  if (code == ENOMEM) throw std::bad_alloc();
  const char* text = stream.get_last_error(&stream);
  throw Error(ErrorCode::kArgument,
              "the Arrow stream that holds the events failed: " +
                  (text == nullptr ? "error " + std::to_string(code) : std::string(text)));
}

// The first row in [0, rows) whose bit from `begin` on is not set.
std::optional<size_t> first_null(const void* bitmap, size_t begin, size_t rows) noexcept {
  const auto* bytes = static_cast<const uint8_t*>(bitmap);
  for (size_t i = 0; i < rows; ++i) {
    if ((bytes[(begin + i) / 8] >> (begin + i) % 8 & 1) == 0) return i;
  }
  return std::nullopt;
}

// `what` is how messages call the array; `row` is the number of its first row in the stream.
void check_no_nulls(const ArrowArray& array, size_t begin, size_t rows, uint64_t row,
                    const std::string& what) {
  if (array.null_count == 0 || rows == 0) return;
  const void* bitmap = array.n_buffers > 0 ? array.buffers[0] : nullptr;
  if (bitmap == nullptr) {
    if (array.null_count > 0) throw_broken(what + " has nulls but does not say where");
    return;
  }
  if (const std::optional<size_t> null = first_null(bitmap, begin, rows)) {
    throw Error(ErrorCode::kArgument, what + " is null in row " + std::to_string(row + *null) +
                                          ": drop or fill the rows with nulls");
  }
}

size_t to_size(int64_t value, const std::string& what) {
  if (value < 0) throw_broken(what + " is negative");
  return static_cast<size_t>(value);
}

// Whether all columns of `batch` have memory for `rows` rows that nobody else looks at. A batch
// that was moved from has none.
bool can_hold(const EventBatch& batch, size_t rows) noexcept {
  return batch.capacity() >= rows && batch.columns() == kEventColumns && batch.unique();
}

}  // namespace

struct StreamImporter::State {
  Owned<ArrowArrayStream> stream;
  SourceColumns columns;
  Metadata metadata;
  std::shared_ptr<Owned<ArrowArray>> chunk;  // null: there is none yet; borrowed batches keep it
  bool must_copy = false;                    // a column of the chunk
  size_t position = 0;                       // in the chunk, of the next row
  uint64_t row = 0;                          // in the stream, of the next row
  std::optional<Error> failure;

  void read_schema() {
    Owned<ArrowSchema> schema;
    check_call(stream.value, stream.value.get_schema(&stream.value, &schema.value));
    columns = find_columns(schema.value);
    metadata = decode_metadata(schema.value.metadata);
  }

  size_t chunk_rows() const noexcept { return static_cast<size_t>(chunk->value.length); }

  // Makes `chunk` one that has rows left. False at the end of the stream.
  bool fetch() {
    while (chunk == nullptr || position == chunk_rows()) {
      chunk.reset();
      position = 0;
      auto fetched = std::make_shared<Owned<ArrowArray>>();
      check_call(stream.value, stream.value.get_next(&stream.value, &fetched->value));
      if (fetched->empty()) return false;
      chunk = std::move(fetched);
      must_copy = false;
      check_chunk();
    }
    return true;
  }

  void check_chunk() const {
    const ArrowArray& table = chunk->value;
    const size_t begin = to_size(table.offset, "an offset");
    const size_t rows = to_size(table.length, "a length");
    check_no_nulls(table, begin, rows, row, "the whole event");
    for (const SourceColumn& column : columns) {
      if (std::cmp_greater_equal(column.child, table.n_children)) {
        throw_broken("column '" + column.name + "' is missing in row " + std::to_string(row));
      }
      const ArrowArray& child = *table.children[column.child];
      const std::string name = "column '" + column.name + "'";
      const size_t child_begin = to_size(child.offset, "an offset") + begin;
      if (std::cmp_less(child.length, begin + rows)) {
        throw_broken(name + " is shorter than the table");
      }
      if (child.n_buffers < 2 || (rows > 0 && child.buffers[1] == nullptr)) {
        throw_broken(name + " has no values");
      }
      check_no_nulls(child, child_begin, rows, row, name);
    }
  }

  // The index of the next row in the buffers of a column.
  size_t begin_of(const ArrowArray& child) const noexcept {
    return static_cast<size_t>(chunk->value.offset + child.offset) + position;
  }

  void move_on(size_t rows) noexcept {
    position += rows;
    row += rows;
  }

  void copy_rows(size_t rows, EventBatch& batch) {
    for (const SourceColumn& column : columns) {
      const ArrowArray& child = *chunk->value.children[column.child];
      copy_values(column, child.buffers[1], begin_of(child), rows, row, batch);
    }
    batch.resize(rows);
    move_on(rows);
  }

  // False if there is a column that must be copied.
  bool borrow_rows(EventBatch& batch) {
    if (must_copy) return false;
    const size_t rows = std::min(chunk_rows() - position, kBorrowedRows);
    std::array<const void*, kMaxColumns> found{};
    for (const SourceColumn& column : columns) {
      const ArrowArray& child = *chunk->value.children[column.child];
      const void* values = find_values(column, child.buffers[1], begin_of(child), rows);
      must_copy = values == nullptr;
      if (must_copy) return false;
      found[column.target] = values;
    }
    batch = EventBatch(Batch::borrow(kEventFields, found, rows, chunk));
    move_on(rows);
    return true;
  }

  bool next(EventBatch& batch, bool may_borrow) {
    if (stream.empty()) return false;
    if (!fetch()) {
      stream.reset();
      return false;
    }
    if (may_borrow && borrow_rows(batch)) return true;
    const size_t rows = std::min(chunk_rows() - position, kBatchRows);
    if (!can_hold(batch, rows)) batch = EventBatch(rows);
    copy_rows(rows, batch);
    return true;
  }

  bool checked_next(EventBatch& batch, bool may_borrow) {
    batch.resize(0);
    if (failure) throw Error(*failure);
    try {
      return next(batch, may_borrow);
    } catch (const Error& error) {
      failure = error;
      throw;
    }
  }
};

StreamImporter::StreamImporter(ArrowArrayStream* stream) : state_(std::make_unique<State>()) {
  if (stream == nullptr || stream->release == nullptr) {
    throw Error(ErrorCode::kArgument,
                "the Arrow stream has been taken already and can be read once only: ask its "
                "source for another");
  }
  state_->stream.value = std::exchange(*stream, {});
  state_->read_schema();
}

StreamImporter::~StreamImporter() = default;

bool StreamImporter::next(EventBatch& batch) { return state_->checked_next(batch, false); }

bool StreamImporter::borrow(EventBatch& batch) { return state_->checked_next(batch, true); }

const Metadata& StreamImporter::metadata() const noexcept { return state_->metadata; }

}  // namespace evarrow
