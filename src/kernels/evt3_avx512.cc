// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt3.h"
#include "kernels/intrinsics.h"
#include "kernels/pixels.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_INLINE EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

EVARROW_INLINE size_t emit_vector(const Columns& out, size_t row, const Evt3State& state, int64_t t,
                                  uint32_t bits) {
  return emit_pixels_avx512(out, row, pixels_of(state, t, bits));
}

#define EVARROW_EVT3_TARGET EVARROW_TARGET_AVX512
#include "kernels/evt3_clock_and_vectors.h"

// The number of the last lane set in `mask` at or before each lane; negative if there is none.
EVARROW_INLINE __m512i last_set(uint32_t mask) {
  const __m512i up_to = _mm512_setr_epi32(1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095,
                                          8191, 16383, 32767, 65535);
  return _mm512_sub_epi32(
      _mm512_set1_epi32(31),
      _mm512_lzcnt_epi32(_mm512_and_si512(_mm512_set1_epi32(static_cast<int>(mask)), up_to)));
}

// `kAll`: all columns are wanted, so that their strides are known.
template <bool kAll>
EVARROW_TARGET_AVX512 size_t read_words(const std::byte* bytes, size_t words, Columns& columns_out,
                                        Evt3State& state) noexcept {
  // Copies, which no store into a column can change.
  Columns out = columns_out;
  if constexpr (kAll) out.x_stride = out.y_stride = out.t_stride = out.polarity_stride = 1;
  constexpr size_t kLanes = 16;
  const __m512i low11 = _mm512_set1_epi32(0x7FF);
  const __m512i low12 = _mm512_set1_epi32(0xFFF);
  const __m512i width = _mm512_set1_epi32(static_cast<int>(state.width));
  const __m512i height = _mm512_set1_epi32(static_cast<int>(state.height));
  const __m128i off = _mm_set1_epi8(state.off);
  Evt3State s = state;
  int64_t t = s.time();
  size_t i = 0;
  size_t row = out.size;
  bool stuck = false;
  while (!stuck && i + kLanes <= words && row + 32 + kOvershoot <= out.capacity) {
    const __m512i v =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i * 2)));
    const __m512i type = _mm512_srli_epi32(v, 12);
    uint32_t rows = _mm512_testn_epi32_mask(type, type);
    uint32_t columns = _mm512_cmpeq_epi32_mask(type, _mm512_set1_epi32(2));
    uint32_t lows = _mm512_cmpeq_epi32_mask(type, _mm512_set1_epi32(6));
    const uint32_t common = rows | columns | lows;
    size_t n = kLanes;
    if (common != 0xFFFF) n = static_cast<size_t>(std::countr_one(common));
    const uint32_t within = (1U << n) - 1U;
    rows &= within;
    columns &= within;
    lows &= within;
    const __m512i coordinate = _mm512_and_si512(v, low11);
    const uint32_t outside =
        _mm512_mask_cmpge_epu32_mask(static_cast<__mmask16>(columns), coordinate, width) |
        _mm512_mask_cmpge_epu32_mask(static_cast<__mmask16>(rows), coordinate, height);
    if (outside != 0) break;

    const __m512i from_row = last_set(rows);
    const __mmask16 has_row = _mm512_cmpge_epi32_mask(from_row, _mm512_setzero_si512());
    const __m512i y = _mm512_mask_permutexvar_epi32(_mm512_set1_epi32(static_cast<int>(s.y)),
                                                    has_row, from_row, coordinate);
    const auto wanted = static_cast<__mmask16>(columns);
    const __m512i x = _mm512_maskz_compress_epi32(wanted, v);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.x + row * out.x_stride),
                        _mm512_cvtepi32_epi16(_mm512_and_si512(x, low11)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.y + row * out.y_stride),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(wanted, y)));
    const __m128i on =
        _mm_and_si128(_mm512_cvtepi32_epi8(_mm512_srli_epi32(x, 11)), _mm_set1_epi8(1));
    const __m128i polarity =
        _mm_or_si128(_mm_and_si128(_mm_sub_epi8(on, _mm_set1_epi8(1)), off), on);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride),
                     polarity);
    int64_t* times = out.t + row * out.t_stride;
    if (lows == 0) {
      const __m512i all = _mm512_set1_epi64(t);
      _mm512_storeu_si512(times, all);
      _mm512_storeu_si512(times + 8, all);
    } else {
      const __m512i from_low = last_set(lows);
      const __mmask16 has_low = _mm512_cmpge_epi32_mask(from_low, _mm512_setzero_si512());
      const __m512i low = _mm512_mask_permutexvar_epi32(_mm512_set1_epi32(static_cast<int>(s.low)),
                                                        has_low, from_low, v);
      const __m512i kept = _mm512_maskz_compress_epi32(wanted, _mm512_and_si512(low, low12));
      const __m512i high = _mm512_set1_epi64(t - static_cast<int64_t>(s.low));
      const __m512i first = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(kept));
      const __m512i second = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(kept, 1));
      _mm512_storeu_si512(times, _mm512_add_epi64(high, first));
      _mm512_storeu_si512(times + 8, _mm512_add_epi64(high, second));
      s.low = evt3_word(bytes, i + 31 - static_cast<size_t>(std::countl_zero(lows))) & 0xFFF;
      t = s.time();
    }
    if (rows != 0) {
      s.y = evt3_word(bytes, i + 31 - static_cast<size_t>(std::countl_zero(rows))) & 0x7FF;
    }
    row += static_cast<size_t>(std::popcount(columns));
    i += n;
    if (n == kLanes) continue;
    i = read_groups(bytes, i, words, out, row, s, t);
    i = read_between(bytes, i, words, out, row, s, t, stuck);
  }
  columns_out.size = row;
  state = s;
  return i;
}

}  // namespace

EVARROW_TARGET_AVX512 size_t evt3_avx512(const std::byte* bytes, size_t words, Columns& out,
                                         Evt3State& state) noexcept {
  return has_all(out) ? read_words<true>(bytes, words, out, state)
                      : read_words<false>(bytes, words, out, state);
}

}  // namespace evarrow::kernels

#endif
