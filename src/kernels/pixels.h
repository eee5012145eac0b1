// SPDX-License-Identifier: Apache-2.0
// Turns a mask of pixels into rows.
#pragma once

#include <bit>

#include "kernels/columns.h"
#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/tables.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {

// Stores a row for each bit, from number `row` on, and no more than 32 rows in all, wanted or not.
// Returns the number of the row behind.
EVARROW_TARGET_SSE4 inline __attribute__((always_inline)) size_t
emit_pixels_sse4(const Columns& out, size_t row, const Pixels& pixels) {
  const __m128i y = _mm_set1_epi16(static_cast<int16_t>(pixels.y));
  const __m128i t = _mm_set1_epi64x(pixels.t);
  const __m128i polarity = _mm_set1_epi8(pixels.polarity);
  uint32_t bits = pixels.bits;
  uint32_t x = pixels.x;
  // Eight pixels at a time, from a set one on: the next set bit is often the last.
  while (bits != 0) {
    const auto skipped = static_cast<uint32_t>(std::countr_zero(bits));
    bits >>= skipped;
    x += skipped;
    const uint8_t* lanes = kCompress.lanes[bits & 0xFF].data();
    const __m128i offsets =
        _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(lanes)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.x + row * out.x_stride),
                     _mm_add_epi16(_mm_set1_epi16(static_cast<int16_t>(x)), offsets));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.y + row * out.y_stride), y);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride),
                     polarity);
    int64_t* times = out.t + row * out.t_stride;
    for (size_t i = 0; i < 8; i += 2) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(times + i), t);
    }
    row += static_cast<size_t>(std::popcount(bits & 0xFF));
    bits >>= 8;
    x += 8;
  }
  return row;
}

EVARROW_TARGET_AVX512 inline __attribute__((always_inline)) void store_16_pixels(
    const Columns& out, size_t row, __m256i x, __m256i y, __m128i polarity) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.x + row * out.x_stride), x);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.y + row * out.y_stride), y);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride), polarity);
}

EVARROW_TARGET_AVX512 inline __attribute__((always_inline)) void store_times(const Columns& out,
                                                                             size_t row, size_t n,
                                                                             __m256i t) {
  int64_t* times = out.t + row * out.t_stride;
  for (size_t i = 0; i < n; i += 4) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(times + i), t);
  }
}

// As above. Stores of 16 and 32 bytes: wider ones that cross cache lines lose.
EVARROW_TARGET_AVX512 inline __attribute__((always_inline)) size_t
emit_pixels_avx512(const Columns& out, size_t row, const Pixels& pixels) {
  const __m512i lanes = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
                                         16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const auto n = static_cast<size_t>(std::popcount(pixels.bits));
  const __m512i x = _mm512_add_epi16(_mm512_set1_epi16(static_cast<int16_t>(pixels.x)),
                                     _mm512_maskz_compress_epi16(pixels.bits, lanes));
  const __m256i y = _mm256_set1_epi16(static_cast<int16_t>(pixels.y));
  const __m256i t = _mm256_set1_epi64x(pixels.t);
  const __m128i polarity = _mm_set1_epi8(pixels.polarity);
  store_16_pixels(out, row, _mm512_castsi512_si256(x), y, polarity);
  store_times(out, row, 4, t);
  if (n > 4) store_times(out, row + 4, 12, t);
  if (n > 16) {
    store_16_pixels(out, row + 16, _mm512_extracti64x4_epi64(x, 1), y, polarity);
    store_times(out, row + 16, 16, t);
  }
  return row + n;
}

}  // namespace evarrow::kernels

#endif
