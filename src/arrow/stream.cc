// SPDX-License-Identifier: Apache-2.0
// The Arrow C stream interface: a pass, or batches made beforehand. Its callbacks run on whatever
// thread the consumer likes and let no exception through.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "arrow/failure.h"
#include "evarrow/arrow.h"

namespace evarrow {
namespace {

class PassSource {
 public:
  explicit PassSource(Reader&& reader) : reader_(std::move(reader)) {}

  void schema(ArrowSchema* out) const {
    const Scan& scan = reader_.scan();
    export_schema(scan.schema(), scan.columns, scan.recording.options().t_type,
                  scan.recording.metadata(), out);
  }

  // A batch of its own each time: what was handed out belongs to the consumer.
  bool next(Batch& batch) { return reader_.next(batch); }

 private:
  Reader reader_;
};

class FilteredSource {
 public:
  explicit FilteredSource(FilteredReader&& reader) : reader_(std::move(reader)) {}

  void schema(ArrowSchema* out) const {
    const Scan& scan = reader_.scan();
    export_schema(scan.schema(), scan.columns, scan.recording.options().t_type,
                  filtered_metadata(scan, reader_.pipeline()), out);
  }

  bool next(Batch& batch) { return reader_.next(batch); }

 private:
  FilteredReader reader_;
};

class BatchSource {
 public:
  BatchSource(std::vector<Batch> batches, Schema schema, uint32_t columns, TimeType t_type,
              Metadata metadata)
      : batches_(std::move(batches)),
        schema_(schema),
        columns_(columns),
        t_type_(t_type),
        metadata_(std::move(metadata)) {
    std::ranges::reverse(batches_);  // so that each is dropped when it has been handed out
  }

  void schema(ArrowSchema* out) const { export_schema(schema_, columns_, t_type_, metadata_, out); }

  bool next(Batch& batch) {
    if (batches_.empty()) return false;
    batch = std::move(batches_.back());
    batches_.pop_back();
    batch.project(columns_);
    return true;
  }

 private:
  std::vector<Batch> batches_;
  Schema schema_;
  uint32_t columns_;
  TimeType t_type_;
  Metadata metadata_;
};

template <typename Source>
struct Handle {
  explicit Handle(Source of) : source(std::move(of)) {}

  Source source;
  Failure failure;  // of the last call that failed
  int broken = 0;   // the errno of get_next, once it has failed: the rest is lost
  bool ended = false;
};

template <typename Source>
Handle<Source>& handle_of(ArrowArrayStream* stream) noexcept {
  return *static_cast<Handle<Source>*>(stream->private_data);
}

template <typename Source>
int get_next(Handle<Source>& handle, ArrowArray* out) noexcept {
  *out = {};  // a released array marks the end of the stream
  if (handle.broken != 0) return handle.broken;
  if (handle.ended) return 0;
  handle.broken = guarded(handle.failure, [&] {
    Batch batch;
    if (handle.source.next(batch)) {
      export_batch(batch, out);
    } else {
      handle.ended = true;
    }
  });
  return handle.broken;
}

template <typename Source>
void export_source(Source source, ArrowArrayStream* out) {
  auto handle = std::make_unique<Handle<Source>>(std::move(source));
  out->get_schema = [](ArrowArrayStream* stream, ArrowSchema* schema) {
    *schema = {};
    Handle<Source>& of = handle_of<Source>(stream);
    return guarded(of.failure, [&] { of.source.schema(schema); });
  };
  out->get_next = [](ArrowArrayStream* stream, ArrowArray* array) {
    return get_next(handle_of<Source>(stream), array);
  };
  out->get_last_error = [](ArrowArrayStream* stream) -> const char* {
    const Failure& failure = handle_of<Source>(stream).failure;
    return failure.code() == 0 ? nullptr : failure.message();
  };
  out->release = [](ArrowArrayStream* stream) {
    delete &handle_of<Source>(stream);
    stream->release = nullptr;
  };
  out->private_data = handle.release();
}

}  // namespace

void export_stream(Reader&& reader, ArrowArrayStream* out) {
  export_source(PassSource(std::move(reader)), out);
}

void export_stream(FilteredReader&& reader, ArrowArrayStream* out) {
  export_source(FilteredSource(std::move(reader)), out);
}

void export_batches(std::vector<Batch> batches, Schema schema, uint32_t columns, TimeType t_type,
                    const Metadata& metadata, ArrowArrayStream* out) {
  export_source(BatchSource(std::move(batches), schema, columns, t_type, metadata), out);
}

}  // namespace evarrow
