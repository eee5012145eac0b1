// SPDX-License-Identifier: Apache-2.0
// Moves the rows of a batch whose bit is set together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "evarrow/event.h"
#include "kernels/select.h"

namespace evarrow {

// Rows that are selected and moved at a time, so that they stay in cache.
inline constexpr size_t kBlockRows = 4096;

// The columns of up to kBlockRows events.
struct EventSpan {
  const int16_t* x;
  const int16_t* y;
  const int64_t* t;
  const int8_t* polarity;
};

using BlockBits = std::array<uint64_t, kBlockRows / kernels::kWordRows>;

constexpr size_t words_of(size_t rows) noexcept {
  return (rows + kernels::kWordRows - 1) / kernels::kWordRows;
}

// Of the first n rows.
size_t count_bits(const uint64_t* bits, size_t n) noexcept;

// Sets those of the first n rows and clears the others of the last word.
void set_bits(uint64_t* bits, size_t n) noexcept;

class RowMover {
 public:
  RowMover() : selector_(kernels::selector()) {}

  // Moves the `kept` rows of [begin, begin + n) whose bit is set to row `at` and on of `to`, which
  // has room for n and may be `from` if `at` is no more than `begin`. n is at most kBlockRows. All
  // of these rows may lie past the size of the batch.
  void move(const Batch& from, size_t begin, size_t n, const uint64_t* bits, size_t kept, Batch& to,
            size_t at) const noexcept;

 private:
  static constexpr size_t kFew = kBlockRows / 16;

  const kernels::Selector& selector_;
};

// Moves the rows of [begin, begin + n) whose bit is set behind those of `to`, which has room for
// them, by up to so many threads. With `first` the column kRow of `to` gets the numbers of the rows
// from there on.
void move_rows(const EventBatch& from, size_t begin, size_t n, const uint64_t* bits, int threads,
               EventBatch& to, std::optional<uint64_t> first = {});

}  // namespace evarrow
