// SPDX-License-Identifier: Apache-2.0
// The Arrow C data and stream interfaces: batches and readers out, events in.
// The three structs are those of https://arrow.apache.org/docs/format/CDataInterface.html.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/filtered_reader.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"

extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif
}

namespace evarrow {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// A struct ("+s") of the columns of `columns`, none nullable.
void export_schema(Schema schema, uint32_t columns, TimeType t_type, const Metadata& metadata,
                   ArrowSchema* out);

// Hands the memory of `batch` over: the array shares it, no byte is copied.
void export_batch(const Batch& batch, ArrowArray* out);

// One pass as a stream. The error of a failed pass is the stream's last error.
void export_stream(Reader&& reader, ArrowArrayStream* out);
void export_stream(FilteredReader&& reader, ArrowArrayStream* out);

// Batches made beforehand as a stream.
void export_batches(std::vector<Batch> batches, Schema schema, uint32_t columns, TimeType t_type,
                    const Metadata& metadata, ArrowArrayStream* out);

// Batches of events of somebody's stream, copied into columns of ours; takes x, y, t and
// polarity (or p, ts, timestamp) by name, in any integer width, t as a duration, a timestamp or an
// integer of microseconds, polarity as -1/+1, 0/1 or boolean. Throws Error(kArgument) that names
// the column if one is missing, has nulls or holds what the column cannot.
class StreamImporter {
 public:
  // Takes the stream over; `stream` is released by this object.
  explicit StreamImporter(ArrowArrayStream* stream);
  ~StreamImporter();
  StreamImporter(const StreamImporter&) = delete;
  StreamImporter& operator=(const StreamImporter&) = delete;

  bool next(EventBatch& batch);  // false at the end
  // The same without a copy where all columns are stored as ours are: `batch` then holds more rows,
  // in the stream's memory, which is not to be written, and keeps it alive.
  bool borrow(EventBatch& batch);
  // The metadata of the schema (evarrow.width, ...).
  const Metadata& metadata() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
