// SPDX-License-Identifier: Apache-2.0
#include "filters/mover.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include "evarrow/filter.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr size_t kPiece = 64 * kBlockRows;  // rows of one thread's turn

// Calls `move` with the values of a column from row `begin` of `from`, and of row `at` of `to`.
template <typename Move>
void with_values(const Batch& from, size_t begin, Batch& to, size_t at, size_t column, Move move) {
  switch (width_of(from.schema()[column].type)) {
    case 1:
      return move(to.column<int8_t>(column) + at, from.column<int8_t>(column) + begin);
    case 2:
      return move(to.column<int16_t>(column) + at, from.column<int16_t>(column) + begin);
    case 4:
      return move(to.column<int32_t>(column) + at, from.column<int32_t>(column) + begin);
    default:
      return move(to.column<int64_t>(column) + at, from.column<int64_t>(column) + begin);
  }
}

// Moves the rows of a piece to [at, end) of `to`, and writes nothing from row `limit` on.
void move_piece(const EventBatch& from, size_t begin, size_t n, const uint64_t* bits,
                EventBatch& to, size_t at, size_t limit) {
  const RowMover mover;
  std::optional<EventBatch> spare;
  for (size_t i = 0; i < n; i += kBlockRows) {
    const size_t rows = std::min(kBlockRows, n - i);
    const uint64_t* block = bits + i / kernels::kWordRows;
    const size_t kept = count_bits(block, rows);
    if (kept == 0) continue;
    if (at + rows <= limit) {
      mover.move(from, begin + i, rows, block, kept, to, at);
    } else {
      // Behind the rows of this piece are those of the next, and perhaps another thread.
      if (!spare) spare.emplace(kBlockRows, to.columns());
      mover.move(from, begin + i, rows, block, kept, *spare, 0);
      to.copy_rows(at, *spare, 0, kept);
    }
    at += kept;
  }
}

// Sums of two, four and eight bits side by side. std::popcount calls a function where the processor
// need not have an instruction for it.
size_t ones_in(uint64_t word) noexcept {
  constexpr uint64_t kBytes = ~uint64_t{0} / 255;
  word -= (word >> 1) & (kBytes * 0x55);
  word = (word & (kBytes * 0x33)) + ((word >> 2) & (kBytes * 0x33));
  return (((word + (word >> 4)) & (kBytes * 0x0f)) * kBytes) >> 56;
}

void number_rows(const uint64_t* bits, size_t n, uint64_t first, int64_t* numbers) noexcept {
  for (size_t i = 0; i < n; i += kernels::kWordRows) {
    for (uint64_t rest = bits[i / kernels::kWordRows]; rest != 0; rest &= rest - 1) {
      *numbers++ = static_cast<int64_t>(first + i + static_cast<size_t>(std::countr_zero(rest)));
    }
  }
}

}  // namespace

size_t count_bits(const uint64_t* bits, size_t n) noexcept {
  return std::accumulate(bits, bits + words_of(n), size_t{0},
                         [](size_t sum, uint64_t word) { return sum + ones_in(word); });
}

void set_bits(uint64_t* bits, size_t n) noexcept {
  std::fill_n(bits, n / kernels::kWordRows, ~uint64_t{0});
  const size_t rest = n % kernels::kWordRows;
  if (rest != 0) bits[n / kernels::kWordRows] = (uint64_t{1} << rest) - 1;
}

void RowMover::move(const Batch& from, size_t begin, size_t n, const uint64_t* bits, size_t kept,
                    Batch& to, size_t at) const noexcept {
  if (kept == 0) return;
  if (kept == n) {
    if (&from != &to || at != begin) to.copy_rows(at, from, begin, n);
    return;
  }
  uint16_t numbers[kFew + kernels::kListRoom];
  const bool few = kept <= kFew;
  if (few) kernels::list_rows(bits, n, numbers);
  for (size_t column = 0; column < from.schema().size(); ++column) {
    if (!from.has(column) || !to.has(column)) continue;
    with_values(from, begin, to, at, column, [&]<typename T>(T* values, const T* source) {
      if (few) {
        kernels::gather(values, source, numbers, kept);
      } else {
        selector_.compact(values, source, bits, n);
      }
    });
  }
}

void move_rows(const EventBatch& from, size_t begin, size_t n, const uint64_t* bits, int threads,
               EventBatch& to, std::optional<uint64_t> first) {
  const size_t pieces = (n + kPiece - 1) / kPiece;
  const auto bits_of = [&](size_t piece) { return bits + piece * (kPiece / kernels::kWordRows); };
  const auto rows_of = [&](size_t piece) { return std::min(kPiece, n - piece * kPiece); };
  std::vector<size_t> starts(pieces + 1, to.size());
  for (size_t i = 0; i < pieces; ++i)
    starts[i + 1] = starts[i] + count_bits(bits_of(i), rows_of(i));
  parallel_for(pieces, threads, [&](size_t i) {
    const size_t limit = i + 1 == pieces ? to.capacity() : starts[i + 1];
    move_piece(from, begin + i * kPiece, rows_of(i), bits_of(i), to, starts[i], limit);
    if (!first) return;
    number_rows(bits_of(i), rows_of(i), *first + i * kPiece, to.column<int64_t>(kRow) + starts[i]);
  });
  to.resize(starts.back());
}

}  // namespace evarrow
