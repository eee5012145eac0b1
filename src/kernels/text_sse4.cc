// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/text.h"
#include "kernels/text_event.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_TEXT_TARGET EVARROW_TARGET_SSE4

// Which of 64 characters are what: bit i stands for character i.
struct TextMarks {
  uint64_t digits, points, separators, newlines;
};

// 16 characters at a time.
struct Characters {
  __m128i part[4];
};

EVARROW_TEXT_TARGET inline __attribute__((always_inline)) uint64_t bits_of(__m128i bytes,
                                                                           int part) {
  return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(bytes))} << (16 * part);
}

EVARROW_TEXT_TARGET inline __attribute__((always_inline)) uint64_t where(const Characters& all,
                                                                         char c) {
  uint64_t marks = 0;
  for (int i = 0; i < 4; ++i) {
    marks |= bits_of(_mm_cmpeq_epi8(all.part[i], _mm_set1_epi8(c)), i);
  }
  return marks;
}

EVARROW_TEXT_TARGET inline __attribute__((always_inline)) uint64_t
digits_of(const Characters& all) {
  uint64_t marks = 0;
  for (int i = 0; i < 4; ++i) {
    const __m128i values = _mm_sub_epi8(all.part[i], _mm_set1_epi8('0'));
    // v <= 9 is min(v, 9) == v.
    marks |= bits_of(_mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values), i);
  }
  return marks;
}

EVARROW_TEXT_TARGET inline __attribute__((always_inline)) TextMarks marks_of(const char* text,
                                                                             char separator) {
  Characters all;
  for (int i = 0; i < 4; ++i) {
    all.part[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * i));
  }
  return {.digits = digits_of(all),
          .points = where(all, '.'),
          .separators = where(all, separator),
          .newlines = where(all, '\n')};
}

#include "kernels/text_lines.h"

}  // namespace

EVARROW_TEXT_TARGET size_t text_sse4(Text text, size_t at, size_t end, Columns& out,
                                     const TextState& state) noexcept {
  return has_all(out) ? read_text_rows<true>(text, at, end, out, state)
                      : read_text_rows<false>(text, at, end, out, state);
}

EVARROW_TEXT_TARGET size_t text_count_sse4(Text text, size_t at, size_t end, const TextState& state,
                                           Count& count) noexcept {
  return count_text_rows(text, at, end, state, count);
}

}  // namespace evarrow::kernels

#endif
