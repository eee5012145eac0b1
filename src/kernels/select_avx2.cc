// SPDX-License-Identifier: Apache-2.0
#include "kernels/lanes_avx2.h"
#include "kernels/select_row.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_SELECT_TARGET EVARROW_TARGET_AVX2
#define EVARROW_INLINE EVARROW_TARGET_AVX2 inline __attribute__((always_inline))

EVARROW_INLINE __m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

EVARROW_INLINE uint64_t t_bits(const Box& box, size_t i) {
  const __m256i begin = _mm256_set1_epi64x(box.t_begin);
  const __m256i last = _mm256_set1_epi64x(box.t_last);
  uint64_t outside = 0;
  for (size_t at = 0; at < kWordRows; at += 4) {
    const __m256i t = load(box.t + i + at);
    const __m256i out = _mm256_or_si256(_mm256_cmpgt_epi64(begin, t), _mm256_cmpgt_epi64(t, last));
    outside |= static_cast<uint64_t>(_mm256_movemask_pd(_mm256_castsi256_pd(out))) << at;
  }
  return ~outside;
}

EVARROW_INLINE uint64_t bits_within(const int16_t* values, int32_t begin, int32_t end) {
  const __m256i first = _mm256_set1_epi16(static_cast<int16_t>(begin));
  const __m256i last = _mm256_set1_epi16(static_cast<int16_t>(end - begin - 1));
  uint64_t bits = 0;
  for (size_t at = 0; at < kWordRows; at += 32) {
    const __m256i low = _mm256_sub_epi16(load(values + at), first);
    const __m256i high = _mm256_sub_epi16(load(values + at + 16), first);
    const __m256i low_in = _mm256_cmpeq_epi16(_mm256_min_epu16(low, last), low);
    const __m256i high_in = _mm256_cmpeq_epi16(_mm256_min_epu16(high, last), high);
    // Packing works in halves: their quarters are put in order again.
    const __m256i in = _mm256_permute4x64_epi64(_mm256_packs_epi16(low_in, high_in), 0b11011000);
    bits |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(in))) << at;
  }
  return bits;
}

EVARROW_INLINE uint64_t x_bits(const Box& box, size_t i) {
  return bits_within(box.x + i, box.x_begin, box.x_end);
}
EVARROW_INLINE uint64_t y_bits(const Box& box, size_t i) {
  return bits_within(box.y + i, box.y_begin, box.y_end);
}
EVARROW_INLINE uint64_t polarity_bits(const Box& box, size_t i) {
  const __m256i wanted = _mm256_set1_epi8(box.wanted_polarity);
  uint64_t bits = 0;
  for (size_t at = 0; at < kWordRows; at += 32) {
    const __m256i in = _mm256_cmpeq_epi8(load(box.polarity + i + at), wanted);
    bits |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(in))) << at;
  }
  return bits;
}

EVARROW_INLINE void compact_word(int8_t* to, const int8_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 8) {
    const __m128i values = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + at));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to),
                     _mm_shuffle_epi8(values, numbers_of_bits(bits >> at)));
    to += std::popcount(bits >> at & 0xFF);
  }
}

EVARROW_INLINE void compact_word(int16_t* to, const int16_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 8) {
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), compress_16(values, bits >> at));
    to += std::popcount(bits >> at & 0xFF);
  }
}

EVARROW_INLINE void compact_word(int32_t* to, const int32_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 8) {
    const __m256i lanes = _mm256_cvtepu8_epi32(numbers_of_bits(bits >> at));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_permutevar8x32_epi32(load(from + at), lanes));
    to += std::popcount(bits >> at & 0xFF);
  }
}

EVARROW_INLINE void compact_word(int64_t* to, const int64_t* from, uint64_t bits) {
  for (size_t at = 0; at < kWordRows; at += 4) {
    // The two halves of lane n are 2 n and 2 n + 1.
    const __m256i lanes = _mm256_cvtepu8_epi64(numbers_of_bits(bits >> at & 0xF));
    const __m256i twice = _mm256_add_epi64(lanes, lanes);
    const __m256i halves = _mm256_or_si256(
        twice, _mm256_slli_epi64(_mm256_add_epi64(twice, _mm256_set1_epi64x(1)), 32));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_permutevar8x32_epi32(load(from + at), halves));
    to += std::popcount(bits >> at & 0xF);
  }
}

#include "kernels/select_words.h"

}  // namespace

constinit const Selector kSelectorAvx2 = {.box = select_box,
                                          .values8 = compact<int8_t>,
                                          .values16 = compact<int16_t>,
                                          .values32 = compact<int32_t>,
                                          .values64 = compact<int64_t>};

}  // namespace evarrow::kernels

#endif
