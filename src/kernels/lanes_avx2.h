// SPDX-License-Identifier: Apache-2.0
// What loops for AVX2 do with lanes.
#pragma once

#include <cstdint>

#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/tables.h"

#ifdef EVARROW_X86

#define EVARROW_INLINE_AVX2 EVARROW_TARGET_AVX2 inline __attribute__((always_inline))

namespace evarrow::kernels {

EVARROW_INLINE_AVX2 __m256i set_32(uint32_t value) {
  return _mm256_set1_epi32(static_cast<int>(value));
}

// The highest bits of eight 32-bit lanes.
EVARROW_INLINE_AVX2 uint32_t mask_of(__m256i lanes) {
  return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(lanes)));
}

// The even or the odd ones of sixteen 32-bit lanes, in order.
inline constexpr int kEven = 0x88;
inline constexpr int kOdd = 0xDD;
template <int kWhich>
EVARROW_INLINE_AVX2 __m256i every_other(__m256i first, __m256i second) {
  const __m256 mixed =
      _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), kWhich);
  return _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xD8);
}

// Each 32-bit lane has the one before it; the first has `last`.
EVARROW_INLINE_AVX2 __m256i lanes_before(__m256i lanes, uint32_t last) {
  const __m256i turned =
      _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6));
  return _mm256_blend_epi32(turned, set_32(last), 1);
}

// The numbers of the set bits among the lowest eight, a byte each.
EVARROW_INLINE_AVX2 __m128i numbers_of_bits(uint64_t bits) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kCompress.lanes[bits & 0xFF].data()));
}

// Moves those of eight 16-bit lanes whose bits are set to the front.
EVARROW_INLINE_AVX2 __m128i compress_16(__m128i values, uint64_t bits) {
  // The two bytes of lane n are 2 n and 2 n + 1.
  const __m128i lanes = _mm_cvtepu8_epi16(numbers_of_bits(bits));
  const __m128i twice = _mm_add_epi16(lanes, lanes);
  const __m128i bytes =
      _mm_or_si128(twice, _mm_slli_epi16(_mm_add_epi16(twice, _mm_set1_epi16(1)), 8));
  return _mm_shuffle_epi8(values, bytes);
}

}  // namespace evarrow::kernels

#endif
