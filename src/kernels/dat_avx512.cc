// SPDX-License-Identifier: Apache-2.0
#include "kernels/dat.h"
#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_INLINE_AVX512 EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

constexpr size_t kLanes = 16;

// Sixteen records: as they are, and their upper and lower halves.
struct Group {
  __m512i first, second;
  __m512i times, rests;
};

EVARROW_INLINE_AVX512 Group load(const std::byte* bytes) {
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  const __m512i first = _mm512_loadu_si512(bytes);
  const __m512i second = _mm512_loadu_si512(bytes + 64);
  return {.first = first,
          .second = second,
          .times = _mm512_permutex2var_epi32(first, even, second),
          .rests = _mm512_permutex2var_epi32(first, odd, second)};
}

// How the fields of a record are taken out, and which records are left to the caller.
struct Reading {
  __m512i x_mask, y_mask, on_mask;
  __m128i y_shift, on_shift;
  __m512i width, height;
};

EVARROW_INLINE_AVX512 __m512i set(uint32_t value) {
  return _mm512_set1_epi32(static_cast<int>(value));
}

EVARROW_INLINE_AVX512 Reading reading_of(const DatState& state) {
  const DatFields& fields = state.fields;
  return {.x_mask = set(fields.x_mask),
          .y_mask = set(fields.y_mask),
          .on_mask = set(fields.on_mask),
          .y_shift = _mm_cvtsi32_si128(static_cast<int>(fields.y_shift)),
          .on_shift = _mm_cvtsi32_si128(static_cast<int>(fields.on_shift)),
          .width = set(state.width),
          .height = set(state.height)};
}

// Whether the clock starts over between `before`, the group in front, and the end of `times`.
EVARROW_INLINE_AVX512 bool starts_over(__m512i before, __m512i times) {
  const __m512i last = _mm512_alignr_epi32(times, before, 15);
  const __mmask16 back = _mm512_cmplt_epu32_mask(times, last);
  if (back == 0) [[likely]] {
    return false;
  }
  // Back by more than half the range is forward by less than half of it.
  return _mm512_mask_cmpgt_epi32_mask(back, _mm512_sub_epi32(times, last),
                                      _mm512_setzero_si512()) != 0;
}

EVARROW_INLINE_AVX512 bool any_outside(const Reading& how, __m512i x, __m512i y) {
  return (_mm512_cmpge_epu32_mask(x, how.width) | _mm512_cmpge_epu32_mask(y, how.height)) != 0;
}

EVARROW_INLINE_AVX512 __m512i x_of(const Reading& how, __m512i rests) {
  return _mm512_and_si512(rests, how.x_mask);
}

EVARROW_INLINE_AVX512 __m512i y_of(const Reading& how, __m512i rests) {
  return _mm512_and_si512(_mm512_srl_epi32(rests, how.y_shift), how.y_mask);
}

EVARROW_INLINE_AVX512 uint32_t last_of(__m512i times) {
  return static_cast<uint32_t>(_mm_extract_epi32(_mm512_extracti32x4_epi32(times, 3), 3));
}

}  // namespace

EVARROW_TARGET_AVX512 size_t dat_avx512(const std::byte* bytes, size_t words, Columns& out,
                                        DatState& state) noexcept {
  const Reading how = reading_of(state);
  const __m512i low = _mm512_set1_epi64(0xFFFF'FFFF);
  const __m512i epoch = _mm512_set1_epi64(state.epoch);
  const __m128i off = _mm_set1_epi8(state.off);
  const __m128i one = _mm_set1_epi8(1);
  __m512i before = set(state.last);
  size_t i = 0;
  size_t k = out.size;
  for (; i + kLanes <= words && k + kLanes <= out.capacity; i += kLanes) {
    const Group group = load(bytes + i * 8);
    const __m512i x = x_of(how, group.rests);
    const __m512i y = y_of(how, group.rests);
    if (any_outside(how, x, y) || starts_over(before, group.times)) break;
    before = group.times;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.x + k * out.x_stride),
                        _mm512_cvtepi32_epi16(x));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.y + k * out.y_stride),
                        _mm512_cvtepi32_epi16(y));
    int64_t* t = out.t + k * out.t_stride;
    _mm512_storeu_si512(t, _mm512_add_epi64(_mm512_and_si512(group.first, low), epoch));
    _mm512_storeu_si512(t + 8, _mm512_add_epi64(_mm512_and_si512(group.second, low), epoch));
    const __mmask16 on =
        _mm512_test_epi32_mask(_mm512_srl_epi32(group.rests, how.on_shift), how.on_mask);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.polarity + k * out.polarity_stride),
                     _mm_mask_blend_epi8(on, off, one));
    k += kLanes;
  }
  out.size = k;
  state.last = last_of(before);
  return i;
}

EVARROW_TARGET_AVX512 size_t dat_count_avx512(const std::byte* bytes, size_t words, DatState& state,
                                              Count& count) noexcept {
  const Reading how = reading_of(state);
  __m512i before = set(state.last);
  __m512i least = _mm512_set1_epi32(-1);
  __m512i greatest = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + kLanes <= words; i += kLanes) {
    const Group group = load(bytes + i * 8);
    if (any_outside(how, x_of(how, group.rests), y_of(how, group.rests)) ||
        starts_over(before, group.times)) {
      break;
    }
    before = group.times;
    least = _mm512_min_epu32(least, group.times);
    greatest = _mm512_max_epu32(greatest, group.times);
  }
  state.last = last_of(before);
  count.add(i, state.epoch, _mm512_reduce_min_epu32(least), _mm512_reduce_max_epu32(greatest));
  return i;
}

}  // namespace evarrow::kernels

#endif
