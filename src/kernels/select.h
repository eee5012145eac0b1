// SPDX-License-Identifier: Apache-2.0
// Which rows lie in a box, a bit a row; and moving the values of those rows together.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace evarrow::kernels {

// The wanted values of each column: lo <= v < hi, but t_last is inclusive. A null column is not
// looked at.
struct Box {
  const int64_t* t = nullptr;
  const int16_t* x = nullptr;
  const int16_t* y = nullptr;
  const int8_t* polarity = nullptr;
  int64_t t_begin = 0, t_last = 0;
  int32_t x_begin = 0, x_end = 0;
  int32_t y_begin = 0, y_end = 0;
  int8_t wanted_polarity = 0;
};

// Rows of one word of bits: loops go on in whole words, so that bit i of word w is row 64 w + i.
inline constexpr size_t kWordRows = 64;

struct Selector {
  // Sets bit i of `bits` if row i of [0, n) lies in the box, clears it if not, and clears the bits
  // behind row n - 1 of the last word. Returns how many are set.
  size_t (*box)(const Box& box, size_t n, uint64_t* bits) noexcept;

  // Moves the values of [0, n) whose bit is set to `to` on, in order. `to` has room for n values
  // and may be `from` or lie before it. What lies past the moved ones is undefined.
  void (*values8)(int8_t* to, const int8_t* from, const uint64_t* bits, size_t n) noexcept;
  void (*values16)(int16_t* to, const int16_t* from, const uint64_t* bits, size_t n) noexcept;
  void (*values32)(int32_t* to, const int32_t* from, const uint64_t* bits, size_t n) noexcept;
  void (*values64)(int64_t* to, const int64_t* from, const uint64_t* bits, size_t n) noexcept;

  void compact(int8_t* to, const int8_t* from, const uint64_t* bits, size_t n) const noexcept {
    values8(to, from, bits, n);
  }
  void compact(int16_t* to, const int16_t* from, const uint64_t* bits, size_t n) const noexcept {
    values16(to, from, bits, n);
  }
  void compact(int32_t* to, const int32_t* from, const uint64_t* bits, size_t n) const noexcept {
    values32(to, from, bits, n);
  }
  void compact(int64_t* to, const int64_t* from, const uint64_t* bits, size_t n) const noexcept {
    values64(to, from, bits, n);
  }
};

// The best for this machine.
const Selector& selector() noexcept;

// Writes the numbers of the rows whose bit is set, of [0, n); returns how many. n <= 65,536. They
// are written eight at a time, which is foretold more often than one by one, so that there is to be
// room for as many as there are and kListRoom more.
inline constexpr size_t kListRoom = 8;

inline size_t list_rows(const uint64_t* bits, size_t n, uint16_t* numbers) noexcept {
  size_t count = 0;
  for (size_t i = 0; i < n; i += kWordRows) {
    uint64_t rest = bits[i / kWordRows];
    const size_t end = count + static_cast<size_t>(std::popcount(rest));
    for (size_t at = count; at < end; at += 8) {
      for (size_t j = at; j < at + 8; ++j) {
        numbers[j] = static_cast<uint16_t>(i + static_cast<size_t>(std::countr_zero(rest)));
        rest &= rest - 1;
      }
    }
    count = end;
  }
  return count;
}

// Moves the values of these rows to `to`, which may be `from` or lie before it. Where few rows are
// wanted this is faster than going through all bits for each column.
template <typename T>
void gather(T* to, const T* from, const uint16_t* numbers, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) to[i] = from[numbers[i]];
}

extern const Selector kSelectorScalar;
extern const Selector kSelectorAvx2;
extern const Selector kSelectorAvx512;

}  // namespace evarrow::kernels
