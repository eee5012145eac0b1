// SPDX-License-Identifier: Apache-2.0
#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/select_row.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_SELECT_TARGET EVARROW_TARGET_AVX512
#define EVARROW_INLINE EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

EVARROW_INLINE uint64_t t_bits(const Box& box, size_t i) {
  const __m512i begin = _mm512_set1_epi64(box.t_begin);
  const __m512i length = _mm512_set1_epi64(
      static_cast<int64_t>(static_cast<uint64_t>(box.t_last) - static_cast<uint64_t>(box.t_begin)));
  uint64_t bits = 0;
  for (size_t at = 0; at < kWordRows; at += 8) {
    const __m512i since = _mm512_sub_epi64(_mm512_loadu_si512(box.t + i + at), begin);
    bits |= static_cast<uint64_t>(_mm512_cmple_epu64_mask(since, length)) << at;
  }
  return bits;
}

EVARROW_INLINE uint64_t bits_within(const int16_t* values, int32_t begin, int32_t end) {
  const __m512i first = _mm512_set1_epi16(static_cast<int16_t>(begin));
  const __m512i last = _mm512_set1_epi16(static_cast<int16_t>(end - begin - 1));
  const __m512i low = _mm512_sub_epi16(_mm512_loadu_si512(values), first);
  const __m512i high = _mm512_sub_epi16(_mm512_loadu_si512(values + 32), first);
  return static_cast<uint64_t>(_mm512_cmple_epu16_mask(low, last)) |
         static_cast<uint64_t>(_mm512_cmple_epu16_mask(high, last)) << 32;
}

EVARROW_INLINE uint64_t x_bits(const Box& box, size_t i) {
  return bits_within(box.x + i, box.x_begin, box.x_end);
}
EVARROW_INLINE uint64_t y_bits(const Box& box, size_t i) {
  return bits_within(box.y + i, box.y_begin, box.y_end);
}
EVARROW_INLINE uint64_t polarity_bits(const Box& box, size_t i) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(box.polarity + i),
                                _mm512_set1_epi8(box.wanted_polarity));
}

EVARROW_INLINE void compact_word(int8_t* to, const int8_t* from, uint64_t bits) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(from)));
}

EVARROW_INLINE void compact_word(int16_t* to, const int16_t* from, uint64_t bits) {
  const __m512i low = _mm512_loadu_si512(from);
  const __m512i high = _mm512_loadu_si512(from + 32);
  const auto low_bits = static_cast<uint32_t>(bits);
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi16(low_bits, low));
  _mm512_storeu_si512(to + std::popcount(low_bits),
                      _mm512_maskz_compress_epi16(static_cast<uint32_t>(bits >> 32), high));
}

EVARROW_INLINE void compact_word(int32_t* to, const int32_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 16) {
    const auto some = static_cast<__mmask16>(bits >> at);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(some, _mm512_loadu_si512(from + at)));
    to += std::popcount(static_cast<uint32_t>(some));
  }
}

EVARROW_INLINE void compact_word(int64_t* to, const int64_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 8) {
    const auto some = static_cast<__mmask8>(bits >> at);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(some, _mm512_loadu_si512(from + at)));
    to += std::popcount(static_cast<uint32_t>(some));
  }
}

#include "kernels/select_words.h"

}  // namespace

constinit const Selector kSelectorAvx512 = {.box = select_box,
                                            .values8 = compact<int8_t>,
                                            .values16 = compact<int16_t>,
                                            .values32 = compact<int32_t>,
                                            .values64 = compact<int64_t>};

}  // namespace evarrow::kernels

#endif
