// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/dat.h"
#include "kernels/lanes_avx2.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

constexpr size_t kLanes = 8;

// Eight records: as they are, and their lower and upper halves.
struct Group {
  __m256i first, second;
  __m256i times, rests;
};

EVARROW_INLINE_AVX2 Group load(const std::byte* bytes) {
  const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
  return {.first = first,
          .second = second,
          .times = every_other<kEven>(first, second),
          .rests = every_other<kOdd>(first, second)};
}

// How the fields of a record are taken out, and the last pixels of the sensor.
struct Reading {
  __m256i x_mask, y_mask, on_mask;
  __m128i y_shift, on_shift;
  __m256i x_last, y_last;
};

EVARROW_INLINE_AVX2 Reading reading_of(const DatState& state) {
  const DatFields& fields = state.fields;
  return {.x_mask = set_32(fields.x_mask),
          .y_mask = set_32(fields.y_mask),
          .on_mask = set_32(fields.on_mask),
          .y_shift = _mm_cvtsi32_si128(static_cast<int>(fields.y_shift)),
          .on_shift = _mm_cvtsi32_si128(static_cast<int>(fields.on_shift)),
          .x_last = set_32(state.width - 1),
          .y_last = set_32(state.height - 1)};
}

EVARROW_INLINE_AVX2 bool any(__m256i lanes) { return _mm256_testz_si256(lanes, lanes) == 0; }

// Whether the clock starts over between `last`, the time in front, and the end of `times`.
EVARROW_INLINE_AVX2 bool starts_over(uint32_t last, __m256i times) {
  const __m256i before = lanes_before(times, last);
  const __m256i forward = _mm256_cmpeq_epi32(_mm256_max_epu32(times, before), times);
  // Back by more than half the range is forward by less than half of it.
  const __m256i near = _mm256_cmpgt_epi32(_mm256_sub_epi32(times, before), _mm256_setzero_si256());
  return any(_mm256_andnot_si256(forward, near));
}

// Coordinates have less than 31 bits, so that signs do not matter.
EVARROW_INLINE_AVX2 bool any_outside(const Reading& how, __m256i x, __m256i y) {
  return any(_mm256_or_si256(_mm256_cmpgt_epi32(x, how.x_last), _mm256_cmpgt_epi32(y, how.y_last)));
}

EVARROW_INLINE_AVX2 __m256i x_of(const Reading& how, __m256i rests) {
  return _mm256_and_si256(rests, how.x_mask);
}

EVARROW_INLINE_AVX2 __m256i y_of(const Reading& how, __m256i rests) {
  return _mm256_and_si256(_mm256_srl_epi32(rests, how.y_shift), how.y_mask);
}

EVARROW_INLINE_AVX2 uint32_t last_of(__m256i times) {
  return static_cast<uint32_t>(_mm256_extract_epi32(times, 7));
}

EVARROW_INLINE_AVX2 void store_polarity(int8_t* to, const Reading& how, __m256i rests,
                                        __m128i off) {
  const __m256i bits = _mm256_and_si256(_mm256_srl_epi32(rests, how.on_shift), how.on_mask);
  const __m256i is_off = _mm256_cmpeq_epi32(bits, _mm256_setzero_si256());
  const __m128i off16 =
      _mm_packs_epi32(_mm256_castsi256_si128(is_off), _mm256_extracti128_si256(is_off, 1));
  const __m128i off8 = _mm_packs_epi16(off16, off16);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_blendv_epi8(_mm_set1_epi8(1), off, off8));
}

}  // namespace

EVARROW_TARGET_AVX2 size_t dat_avx2(const std::byte* bytes, size_t words, Columns& out,
                                    DatState& state) noexcept {
  const Reading how = reading_of(state);
  const __m256i low = _mm256_set1_epi64x(0xFFFF'FFFF);
  const __m256i epoch = _mm256_set1_epi64x(state.epoch);
  const __m128i off = _mm_set1_epi8(state.off);
  uint32_t last = state.last;
  size_t i = 0;
  size_t k = out.size;
  for (; i + kLanes <= words && k + kLanes <= out.capacity; i += kLanes) {
    const Group group = load(bytes + i * 8);
    const __m256i x = x_of(how, group.rests);
    const __m256i y = y_of(how, group.rests);
    if (any_outside(how, x, y) || starts_over(last, group.times)) break;
    last = last_of(group.times);
    const __m256i xy = _mm256_permute4x64_epi64(_mm256_packus_epi32(x, y), 0xD8);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.x + k * out.x_stride),
                     _mm256_castsi256_si128(xy));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.y + k * out.y_stride),
                     _mm256_extracti128_si256(xy, 1));
    int64_t* t = out.t + k * out.t_stride;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(t),
                        _mm256_add_epi64(_mm256_and_si256(group.first, low), epoch));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(t + 4),
                        _mm256_add_epi64(_mm256_and_si256(group.second, low), epoch));
    store_polarity(out.polarity + k * out.polarity_stride, how, group.rests, off);
    k += kLanes;
  }
  out.size = k;
  state.last = last;
  return i;
}

EVARROW_TARGET_AVX2 size_t dat_count_avx2(const std::byte* bytes, size_t words, DatState& state,
                                          Count& count) noexcept {
  const Reading how = reading_of(state);
  uint32_t last = state.last;
  __m256i least = _mm256_set1_epi32(-1);
  __m256i greatest = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + kLanes <= words; i += kLanes) {
    const Group group = load(bytes + i * 8);
    if (any_outside(how, x_of(how, group.rests), y_of(how, group.rests)) ||
        starts_over(last, group.times)) {
      break;
    }
    last = last_of(group.times);
    least = _mm256_min_epu32(least, group.times);
    greatest = _mm256_max_epu32(greatest, group.times);
  }
  state.last = last;
  alignas(32) uint32_t lows[kLanes];
  alignas(32) uint32_t highs[kLanes];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lows), least);
  _mm256_store_si256(reinterpret_cast<__m256i*>(highs), greatest);
  count.add(i, state.epoch, *std::ranges::min_element(lows), *std::ranges::max_element(highs));
  return i;
}

}  // namespace evarrow::kernels

#endif
