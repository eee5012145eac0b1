// SPDX-License-Identifier: Apache-2.0
// Arrow streams as somebody else would make them, with memory that is counted.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/arrow.h"

namespace evarrow::test {

struct ForeignColumn {
  std::string name;
  std::string format;
  std::vector<std::byte> values{};
  int64_t length = 0;  // without the offset
  int64_t offset = 0;
  int64_t null_count = 0;
  std::vector<uint8_t> validity{};  // a bitmap; empty: none
  bool dictionary = false;
};

template <typename T>
ForeignColumn column(std::string name, std::string format, const std::vector<T>& values) {
  ForeignColumn made{.name = std::move(name), .format = std::move(format)};
  made.values.resize(values.size() * sizeof(T) + 1);  // never empty: a null buffer is a fault
  if (!values.empty()) std::memcpy(made.values.data(), values.data(), values.size() * sizeof(T));
  made.length = static_cast<int64_t>(values.size());
  return made;
}

inline ForeignColumn bits(std::string name, const std::vector<bool>& values) {
  std::vector<uint8_t> packed((values.size() + 7) / 8 + 1);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i]) packed[i / 8] = static_cast<uint8_t>(packed[i / 8] | 1U << i % 8);
  }
  ForeignColumn made = column<uint8_t>(std::move(name), "b", packed);
  made.length = static_cast<int64_t>(values.size());
  return made;
}

// Leaves the first `rows` values out, as a slice does.
inline ForeignColumn skip(ForeignColumn whole, int64_t rows) {
  whole.offset += rows;
  whole.length -= rows;
  return whole;
}

struct ForeignChunk {
  std::vector<ForeignColumn> columns;
  int64_t length = 0;
  int64_t offset = 0;  // of the struct, in addition to those of the columns
};

inline ForeignChunk chunk(std::vector<ForeignColumn> columns) {
  const int64_t length = columns.empty() ? 0 : columns[0].length;
  return {.columns = std::move(columns), .length = length};
}

// Its schema is that of the first chunk. Everything handed out counts in `live` until released.
struct ForeignStream {
  std::vector<ForeignChunk> chunks;
  std::string metadata{};
  std::string format = "+s";
  int fails_at = -1;  // the number of the call of get_next that fails
  int error = EIO;
  int live = 0;
  int calls = 0;

  ArrowArrayStream open() {
    ++live;
    return {.get_schema = get_schema,
            .get_next = get_next,
            .get_last_error = [](ArrowArrayStream*) { return "the cable fell out"; },
            .release =
                [](ArrowArrayStream* stream) {
                  --self(stream->private_data).live;
                  stream->release = nullptr;
                },
            .private_data = this};
  }

 private:
  struct Schemas {
    ForeignStream* stream;
    ArrowSchema dictionary{};
    std::vector<ArrowSchema> fields{};
    std::vector<ArrowSchema*> pointers{};
  };
  struct Arrays {
    ForeignStream* stream;
    const void* no_bitmap[1] = {nullptr};
    std::vector<std::array<const void*, 2>> buffers{};
    std::vector<ArrowArray> arrays{};
    std::vector<ArrowArray*> pointers{};
  };

  static ForeignStream& self(void* data) { return *static_cast<ForeignStream*>(data); }

  static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    ForeignStream& of = self(stream->private_data);
    auto* schemas = new Schemas{.stream = &of};
    for (const ForeignColumn& from : of.chunks.at(0).columns) {
      ArrowSchema& field = schemas->fields.emplace_back();
      field.format = from.format.c_str();
      field.name = from.name.c_str();
      field.dictionary = from.dictionary ? &schemas->dictionary : nullptr;
    }
    for (ArrowSchema& field : schemas->fields) schemas->pointers.push_back(&field);
    *out = {};
    out->format = of.format.c_str();
    out->name = "";
    out->metadata = of.metadata.empty() ? nullptr : of.metadata.data();
    out->n_children = static_cast<int64_t>(schemas->fields.size());
    out->children = schemas->pointers.data();
    out->private_data = schemas;
    out->release = [](ArrowSchema* schema) {
      auto* held = static_cast<Schemas*>(schema->private_data);
      --held->stream->live;
      delete held;
      schema->release = nullptr;
    };
    ++of.live;
    return 0;
  }

  static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    ForeignStream& of = self(stream->private_data);
    const int call = of.calls++;
    if (call == of.fails_at) return of.error;
    *out = {};
    if (static_cast<size_t>(call) >= of.chunks.size()) return 0;
    const ForeignChunk& from = of.chunks[static_cast<size_t>(call)];
    auto* held = new Arrays{.stream = &of};
    for (const ForeignColumn& column : from.columns) {
      held->buffers.push_back(
          {column.validity.empty() ? nullptr : column.validity.data(), column.values.data()});
    }
    for (size_t i = 0; i < from.columns.size(); ++i) {
      ArrowArray& array = held->arrays.emplace_back();
      array.length = from.columns[i].length;
      array.null_count = from.columns[i].null_count;
      array.offset = from.columns[i].offset;
      array.n_buffers = 2;
      array.buffers = held->buffers[i].data();
    }
    for (ArrowArray& array : held->arrays) held->pointers.push_back(&array);
    out->length = from.length;
    out->offset = from.offset;
    out->n_buffers = 1;
    out->n_children = static_cast<int64_t>(held->arrays.size());
    out->buffers = held->no_bitmap;
    out->children = held->pointers.data();
    out->private_data = held;
    out->release = [](ArrowArray* array) {
      auto* arrays = static_cast<Arrays*>(array->private_data);
      --arrays->stream->live;
      delete arrays;
      array->release = nullptr;
    };
    ++of.live;
    return 0;
  }
};

}  // namespace evarrow::test
