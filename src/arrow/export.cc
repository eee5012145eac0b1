// SPDX-License-Identifier: Apache-2.0
// Batches in the Arrow C data interface: the arrays share the memory of the columns.
#include <array>
#include <memory>

#include "evarrow/arrow.h"

namespace evarrow {
namespace {

// What one array of values holds on to, however long it outlives its parent.
struct Column {
  std::shared_ptr<Buffer> memory;
  std::array<const void*, 2> buffers{};  // no validity bitmap, the values
};

void release_column(ArrowArray* array) {
  delete static_cast<Column*>(array->private_data);
  array->release = nullptr;
}

struct Children {
  std::array<const void*, 1> buffers{};  // a struct has a validity bitmap only, and we have none
  std::array<ArrowArray, kMaxColumns> arrays{};
  std::array<ArrowArray*, kMaxColumns> pointers{};

  Children() = default;
  ~Children() {
    for (ArrowArray& array : arrays) {
      if (array.release != nullptr) array.release(&array);  // null once moved out
    }
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
};

void release_batch(ArrowArray* array) {
  delete static_cast<Children*>(array->private_data);
  array->release = nullptr;
}

void export_column(const Batch& batch, size_t i, ArrowArray& out) {
  auto column = std::make_unique<Column>();
  column->memory = batch.buffer(i);
  column->buffers[1] = batch.bytes(i);
  out.length = static_cast<int64_t>(batch.size());
  out.n_buffers = 2;
  out.buffers = column->buffers.data();
  out.release = release_column;
  out.private_data = column.release();
}

}  // namespace

void export_batch(const Batch& batch, ArrowArray* out) {
  auto children = std::make_unique<Children>();
  size_t n = 0;
  for (size_t i = 0; i < batch.schema().size(); ++i) {
    if (!batch.has(i)) continue;
    export_column(batch, i, children->arrays[n]);
    children->pointers[n] = &children->arrays[n];
    ++n;
  }

  *out = {};
  out->length = static_cast<int64_t>(batch.size());
  out->n_buffers = 1;
  out->n_children = static_cast<int64_t>(n);
  out->buffers = children->buffers.data();
  out->children = children->pointers.data();
  out->release = release_batch;
  out->private_data = children.release();
}

}  // namespace evarrow
