// SPDX-License-Identifier: Apache-2.0
// Going through rows 64 at a time: included once for each instruction set, into an unnamed
// namespace, behind a definition of EVARROW_SELECT_TARGET and of
//   t_bits(box, i), x_bits(box, i), y_bits(box, i), polarity_bits(box, i): a bit for each of the
//   64 rows from row i on, set if that column of it lies in the box, which is not empty;
//   compact_word(to, from, bits): moves the values of 64 rows whose bit is set to `to`, and may
//   write 64 values there.

#define EVARROW_SELECT_INLINE EVARROW_SELECT_TARGET inline __attribute__((always_inline))

// The columns one after the other: where no time fits, the others are not looked at.
EVARROW_SELECT_INLINE uint64_t bits_of_word(const Box& box, size_t i) {
  uint64_t bits = ~uint64_t{0};
  if (box.t != nullptr) bits = t_bits(box, i);
  if (bits != 0 && box.x != nullptr) bits &= x_bits(box, i);
  if (bits != 0 && box.y != nullptr) bits &= y_bits(box, i);
  if (bits != 0 && box.polarity != nullptr) bits &= polarity_bits(box, i);
  return bits;
}

EVARROW_SELECT_TARGET size_t select_box(const Box& box, size_t n, uint64_t* bits) noexcept {
  if (is_empty(box)) {
    std::memset(bits, 0, (n + kWordRows - 1) / kWordRows * sizeof(uint64_t));
    return 0;
  }
  size_t count = 0;
  size_t i = 0;
  for (; i + kWordRows <= n; i += kWordRows) {
    const uint64_t word = bits_of_word(box, i);
    count += static_cast<size_t>(std::popcount(word));
    bits[i / kWordRows] = word;
  }
  if (i < n) {
    uint64_t word = 0;
    for (size_t row = i; row < n; ++row) {
      word |= static_cast<uint64_t>(is_in_box(box, row)) << (row - i);
    }
    count += static_cast<size_t>(std::popcount(word));
    bits[i / kWordRows] = word;
  }
  return count;
}

template <typename T>
EVARROW_SELECT_TARGET void compact(T* to, const T* from, const uint64_t* bits, size_t n) noexcept {
  size_t i = 0;
  for (; i + kWordRows <= n; i += kWordRows) {
    const uint64_t word = bits[i / kWordRows];
    if (word == 0) continue;
    if (word == ~uint64_t{0}) {
      std::memmove(to, from + i, kWordRows * sizeof(T));
    } else {
      compact_word(to, from + i, word);
    }
    to += std::popcount(word);
  }
  if (i == n) return;
  for (uint64_t rest = bits[i / kWordRows]; rest != 0; rest &= rest - 1) {
    *to++ = from[i + static_cast<size_t>(std::countr_zero(rest))];
  }
}
