// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>

#include "evarrow/event.h"

namespace evarrow {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

bool is_aligned(const void* memory, size_t to) {
  return reinterpret_cast<uintptr_t>(memory) % to == 0;
}

EventBatch numbered(size_t rows) {
  EventBatch batch(rows);
  for (size_t i = 0; i < rows; ++i) {
    batch.x()[i] = static_cast<int16_t>(i);
    batch.y()[i] = static_cast<int16_t>(i + 1);
    batch.t()[i] = static_cast<int64_t>(i) * 1000;
    batch.polarity()[i] = static_cast<int8_t>(i % 2);
  }
  batch.resize(rows);
  return batch;
}

bool is_numbered(const Batch& batch, size_t from) {
  for (size_t i = 0; i < batch.size(); ++i) {
    const size_t n = from + i;
    if (batch.column<int16_t>(kX)[i] != static_cast<int16_t>(n)) return false;
    if (batch.column<int16_t>(kY)[i] != static_cast<int16_t>(n + 1)) return false;
    if (batch.column<int64_t>(kT)[i] != static_cast<int64_t>(n) * 1000) return false;
    if (batch.column<int8_t>(kPolarity)[i] != static_cast<int8_t>(n % 2)) return false;
  }
  return true;
}

TEST_CASE("buffer: memory is aligned and has the size asked for") {
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{65}, 4 * kMebibyte - 1, 4 * kMebibyte, 5 * kMebibyte + 3}) {
    CAPTURE(size);
    const Buffer buffer(size);
    CHECK(buffer.size() == size);
    REQUIRE(buffer.data() != nullptr);
    CHECK(is_aligned(buffer.data(), size < 4 * kMebibyte ? 64 : 2 * kMebibyte));
    if (size != 0) {
      std::memset(buffer.data(), 0x5A, size);
      CHECK(buffer.data()[size - 1] == std::byte{0x5A});
    }
  }
}

TEST_CASE("buffer: growing keeps what was there, from small to large and on") {
  Buffer buffer(100);
  size_t used = 100;
  std::memset(buffer.data(), 1, used);
  uint8_t step = 1;
  for (const size_t size :
       {size_t{1000}, 4 * kMebibyte, 4 * kMebibyte + 5, 9 * kMebibyte + 1, 33 * kMebibyte}) {
    CAPTURE(size);
    buffer.grow(size, used);
    REQUIRE(buffer.size() == size);
    CHECK(is_aligned(buffer.data(), 64));
    CHECK(buffer.data()[0] == std::byte{1});
    CHECK(buffer.data()[used - 1] == std::byte{step});
    std::memset(buffer.data() + used, ++step, size - used);
    used = size;
  }
  buffer.grow(10, 10);
  CHECK(buffer.size() == used);
}

TEST_CASE("buffer: sizes beyond all memory are refused, and what was there stays") {
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  for (const size_t size : {kMost, kMost - 63, kMost / 2 + 1, kMost / 4, size_t{1} << 46}) {
    CAPTURE(size);
    CHECK_THROWS_AS(Buffer{size}, std::bad_alloc);
    for (const size_t before : {size_t{16}, 8 * kMebibyte}) {
      Buffer buffer(before);
      buffer.data()[before - 1] = std::byte{7};
      CHECK_THROWS_AS(buffer.grow(size, before), std::bad_alloc);
      CHECK(buffer.size() == before);
      CHECK(buffer.data()[before - 1] == std::byte{7});
    }
  }
}

TEST_CASE("batch: a column that the projection leaves out has no memory") {
  const EventBatch batch(10, 1U << kX | 1U << kT);
  CHECK(batch.columns() == (1U << kX | 1U << kT));
  CHECK(batch.x() != nullptr);
  CHECK(batch.y() == nullptr);
  CHECK(batch.buffer(kPolarity) == nullptr);
  CHECK(batch.buffer(kT)->size() == 80);
  CHECK(batch.size() == 0);
  CHECK(batch.room() == 10);
}

TEST_CASE("batch: project gives memory back") {
  EventBatch batch = numbered(10);
  batch.project(1U << kT);
  CHECK(batch.columns() == 1U << kT);
  CHECK(batch.buffer(kX) == nullptr);
  CHECK(batch.t()[9] == 9000);
  CHECK(batch.size() == 10);
}

TEST_CASE("batch: rows whose bytes cannot be counted are refused") {
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  CHECK_THROWS_AS(EventBatch{kMost}, std::bad_alloc);
  CHECK_THROWS_AS(EventBatch{kMost / 8 + 2}, std::bad_alloc);
  EventBatch batch = numbered(4);
  CHECK_THROWS_AS(batch.reserve(kMost / 8 + 2), std::bad_alloc);
  CHECK(batch.capacity() == 4);
  CHECK(is_numbered(batch, 0));
}

TEST_CASE("batch: a slice is a window into the same memory") {
  const EventBatch batch = numbered(100);
  const Batch middle = batch.slice(40, 20);
  CHECK(middle.size() == 20);
  CHECK(middle.capacity() == 20);
  CHECK(middle.bytes(kT) == batch.bytes(kT) + 320);
  CHECK(is_numbered(middle, 40));
  const Batch inner = middle.slice(5, 5);
  CHECK(is_numbered(inner, 45));
  CHECK(inner.buffer(kX) == batch.buffer(kX));
}

TEST_CASE("batch: a slice is as full as the rows there are") {
  EventBatch batch(100);
  batch.resize(30);
  CHECK(batch.slice(0, 50).size() == 30);
  CHECK(batch.slice(20, 50).size() == 10);
  CHECK(batch.slice(30, 50).size() == 0);
  CHECK(batch.slice(60, 40).size() == 0);
  CHECK(batch.slice(60, 40).capacity() == 40);
}

TEST_CASE("batch: reserve keeps the rows, also of large columns") {
  EventBatch batch = numbered(1000);
  for (const size_t capacity : {size_t{2000}, size_t{1'000'000}, size_t{3'000'000}}) {
    batch.reserve(capacity);
    CHECK(batch.capacity() == capacity);
    CHECK(batch.size() == 1000);
    CHECK(is_numbered(batch, 0));
    batch.t()[capacity - 1] = 1;
    batch.polarity()[capacity - 1] = 1;
  }
  batch.reserve(5);
  CHECK(batch.capacity() == 3'000'000);
}

TEST_CASE("batch: reserving in a slice leaves the rows around it alone") {
  EventBatch batch = numbered(100);
  Batch middle = batch.slice(40, 20);
  middle.reserve(200);
  CHECK(is_numbered(middle, 40));
  CHECK(middle.size() == 20);
  std::memset(middle.column<int16_t>(kX), 0, 400);
  CHECK(is_numbered(batch, 0));

  Batch tail = EventBatch(numbered(100)).slice(90, 10);  // nobody else holds the memory now
  tail.reserve(50);
  CHECK(is_numbered(tail, 90));
}

TEST_CASE("batch: unique means that nobody else holds the memory") {
  EventBatch batch = numbered(10);
  CHECK(batch.unique());
  {
    const Batch slice = batch.slice(0, 5);
    CHECK_FALSE(batch.unique());
    CHECK_FALSE(slice.unique());
  }
  CHECK(batch.unique());
  const std::shared_ptr<Buffer> held = batch.buffer(kY);
  CHECK_FALSE(batch.unique());
  batch.project(1U << kX);
  CHECK(batch.unique());
  CHECK(Batch().unique());
}

}  // namespace
}  // namespace evarrow
