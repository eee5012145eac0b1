// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "evarrow/event.h"
#include "io/os_memory.h"

namespace evarrow {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kLarge = size_t{4} << 20;  // from here on pages come from the system

size_t bytes_of(size_t rows, Type type) {
  const size_t width = width_of(type);
  if (rows > SIZE_MAX / width) throw std::bad_alloc();
  return rows * width;
}

}  // namespace

Buffer::Buffer(size_t bytes) : size_(bytes) {
  if (bytes >= kLarge) {
    data_ = map_memory(bytes);
  } else {
    const size_t rounded = round_up(std::max<size_t>(bytes, 1), kAlignment);
    data_ = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded));
  }
  if (data_ == nullptr) throw std::bad_alloc();
}

Buffer::Buffer(const void* memory, size_t bytes, std::shared_ptr<const void> owner) noexcept
    : data_(static_cast<std::byte*>(const_cast<void*>(memory))),
      size_(bytes),
      owner_(std::move(owner)) {}

Buffer::~Buffer() {
  if (is_borrowed()) return;
  if (size_ >= kLarge) {
    unmap_memory(data_, size_);
  } else {
    std::free(data_);
  }
}

void Buffer::grow(size_t bytes, size_t used) {
  if (bytes <= size_) return;
  if (size_ >= kLarge) {
    std::byte* larger = grow_memory(data_, size_, bytes);
    if (larger == nullptr) throw std::bad_alloc();
    data_ = larger;
    size_ = bytes;
    return;
  }
  Buffer larger(bytes);
  std::memcpy(larger.data_, data_, std::min(used, size_));
  std::swap(data_, larger.data_);
  std::swap(size_, larger.size_);
}

Batch::Batch(Schema schema, size_t capacity, uint32_t columns)
    : schema_(schema), capacity_(capacity) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if ((columns >> i & 1U) == 0) continue;
    buffers_[i] = std::make_shared<Buffer>(bytes_of(capacity, schema[i].type));
    data_[i] = buffers_[i]->data();
  }
}

Batch Batch::borrow(Schema schema, const std::array<const void*, kMaxColumns>& columns,
                    size_t rows) noexcept {
  Batch batch;
  batch.schema_ = schema;
  batch.size_ = batch.capacity_ = rows;
  std::ranges::transform(columns, batch.data_.begin(), [](const void* column) {
    return static_cast<std::byte*>(const_cast<void*>(column));
  });
  return batch;
}

Batch Batch::borrow(Schema schema, const std::array<const void*, kMaxColumns>& columns, size_t rows,
                    const std::shared_ptr<const void>& owner) {
  Batch batch = borrow(schema, columns, rows);
  for (size_t i = 0; i < schema.size(); ++i) {
    if (columns[i] == nullptr) continue;
    batch.buffers_[i] = std::make_shared<Buffer>(columns[i], bytes_of(rows, schema[i].type), owner);
  }
  return batch;
}

uint32_t Batch::columns() const noexcept {
  uint32_t columns = 0;
  for (size_t i = 0; i < schema_.size(); ++i) columns |= (has(i) ? 1U : 0U) << i;
  return columns;
}

Batch Batch::slice(size_t begin, size_t rows) const noexcept {
  Batch part = *this;
  for (size_t i = 0; i < schema_.size(); ++i) {
    if (has(i)) part.data_[i] += begin * width_of(schema_[i].type);
  }
  part.capacity_ = rows;
  part.size_ = std::min(rows, size_ - std::min(size_, begin));
  return part;
}

void Batch::copy_rows(size_t at, const Batch& from, size_t begin, size_t n) noexcept {
  if (n == 0) return;
  for (size_t column = 0; column < schema_.size(); ++column) {
    if (!has(column) || !from.has(column)) continue;
    const size_t width = width_of(schema_[column].type);
    std::memmove(data_[column] + at * width, from.data_[column] + begin * width, n * width);
  }
}

void Batch::reserve(size_t capacity) {
  if (capacity <= capacity_) return;
  for (size_t i = 0; i < schema_.size(); ++i) {
    if (!has(i)) continue;
    const size_t bytes = bytes_of(capacity, schema_[i].type);
    const size_t used = bytes_of(size_, schema_[i].type);
    if (buffers_[i].use_count() == 1 && !buffers_[i]->is_borrowed() &&
        data_[i] == buffers_[i]->data()) {
      buffers_[i]->grow(bytes, used);
    } else {
      // A slice, or somebody else's: what lies behind its rows is not its own.
      auto own = std::make_shared<Buffer>(bytes);
      std::memcpy(own->data(), data_[i], used);
      buffers_[i] = std::move(own);
    }
    data_[i] = buffers_[i]->data();
  }
  capacity_ = capacity;
}

void Batch::project(uint32_t columns) noexcept {
  for (size_t i = 0; i < schema_.size(); ++i) {
    if ((columns >> i & 1U) != 0) continue;
    data_[i] = nullptr;
    buffers_[i].reset();
  }
}

bool Batch::unique() const noexcept {
  for (size_t i = 0; i < kMaxColumns; ++i) {
    if (data_[i] == nullptr) continue;
    if (buffers_[i].use_count() != 1 || buffers_[i]->is_borrowed()) return false;
  }
  return true;
}

}  // namespace evarrow
