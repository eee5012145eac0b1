// SPDX-License-Identifier: Apache-2.0
#include "io/read_ahead.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <vector>

#include "evarrow/error.h"

namespace evarrow::test {
namespace {

constexpr uint64_t kSize = 1'000'000;

// Byte i is i modulo 251. Reading at or behind `bad` fails.
class Numbers final : public Source {
 public:
  explicit Numbers(uint64_t bad = kSize) : bad_(bad) {}

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    ++reads;
    if (offset + size > bad_) throw Error(ErrorCode::kChanged, "cut", offset);
    scratch.resize(size);
    for (size_t i = 0; i < size; ++i) scratch[i] = value(offset + i);
    return {scratch.data(), size};
  }
  uint64_t size() const noexcept override { return kSize; }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

  static std::byte value(uint64_t i) { return static_cast<std::byte>(i % 251); }

  std::atomic<int> reads = 0;

 private:
  uint64_t bad_;
};

TEST_CASE("read ahead: all bytes come, in blocks, in order") {
  for (const size_t block : {size_t{1}, size_t{4'096}, size_t{333'333}, size_t{2'000'000}}) {
    Numbers numbers;
    const uint64_t begin = block == 1 ? kSize - 1'000 : 17;
    ReadAhead ahead(numbers, begin, kSize, block);
    uint64_t at = begin;
    bool same = true;
    while (ahead.is_next(at)) {
      const Bytes bytes = ahead.next();
      CHECK(bytes.size() == std::min<uint64_t>(block, kSize - at));
      for (const std::byte byte : bytes) same = same && byte == Numbers::value(at++);
    }
    CHECK(same);
    CHECK(at == kSize);
  }
}

TEST_CASE("read ahead: another place is not the next block") {
  Numbers numbers;
  ReadAhead ahead(numbers, 0, kSize, 100);
  CHECK(ahead.is_next(0));
  CHECK(!ahead.is_next(100));
  (void)ahead.next();
  CHECK(ahead.is_next(100));
  CHECK(!ahead.is_next(0));
}

TEST_CASE("read ahead: what cannot be read throws where it is wanted, after what can") {
  Numbers numbers(250);
  ReadAhead ahead(numbers, 0, kSize, 100);
  CHECK(ahead.next().size() == 100);
  CHECK(ahead.next().size() == 100);
  CHECK_THROWS_AS((void)ahead.next(), Error);
}

TEST_CASE("read ahead: it goes ahead by two blocks, and stops when dropped") {
  Numbers numbers;
  {
    ReadAhead ahead(numbers, 0, kSize, 100);
    (void)ahead.next();
    (void)ahead.next();
  }
  CHECK(numbers.reads >= 2);
  CHECK(numbers.reads <= 4);
  {
    const ReadAhead unused(numbers, 0, kSize, 100);
  }
  const ReadAhead empty(numbers, kSize, kSize, 100);
  CHECK(!empty.is_next(kSize));
}

}  // namespace
}  // namespace evarrow::test
