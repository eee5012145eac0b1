// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "kernels/dispatch.h"
#include "kernels/encode.h"
#include "kernels/intrinsics.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_INLINE_AVX512 EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

constexpr size_t kLanes = 16;

struct Group {
  __m512i t, x, y;  // t from the beginning of the period on
  __mmask16 on;
  uint32_t left;  // rows that are for the caller
};

// Columns come from memory, and so many streams of them are more than a processor foresees.
EVARROW_INLINE_AVX512 void prefetch(const EncodedRows& rows, size_t i) {
  _mm_prefetch(reinterpret_cast<const char*>(rows.t + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.t + i) + 64, _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.x + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.y + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.polarity + i), _MM_HINT_T0);
}

EVARROW_INLINE_AVX512 __m512i set(uint32_t value) {
  return _mm512_set1_epi32(static_cast<int>(value));
}

EVARROW_INLINE_AVX512 __m512i load_32(const int16_t* values) {
  return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
}

// Sixteen times: the lower half of each, from `begin` on.
EVARROW_INLINE_AVX512 __m512i join(__m512i first, __m512i second) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(first)),
                            _mm512_cvtepi64_epi32(second), 1);
}

EVARROW_INLINE_AVX512 Group load(const EncodedRows& rows, size_t i, size_t end,
                                 const EncodeState& state) {
  prefetch(rows, std::min(i + kPrefetchedRows, end - 1));
  const __m512i begin = _mm512_set1_epi64(state.t_begin);
  const __m512i period = _mm512_set1_epi64(int64_t{1} << state.t_bits);
  const __m512i first = _mm512_sub_epi64(_mm512_loadu_si512(rows.t + i), begin);
  const __m512i second = _mm512_sub_epi64(_mm512_loadu_si512(rows.t + i + 8), begin);
  // Times before the period are great ones here.
  const uint32_t late = static_cast<uint32_t>(_mm512_cmpge_epu64_mask(first, period)) |
                        static_cast<uint32_t>(_mm512_cmpge_epu64_mask(second, period)) << 8;
  const __m512i x = load_32(rows.x + i);
  const __m512i y = load_32(rows.y + i);
  const uint32_t outside =
      _mm512_cmpge_epu32_mask(x, set(state.x_end)) | _mm512_cmpge_epu32_mask(y, set(state.y_end));
  const __m128i polarity = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.polarity + i));
  const __m128i one = _mm_set1_epi8(1);
  const uint32_t none = _mm_cmpgt_epu8_mask(_mm_add_epi8(polarity, one), _mm_set1_epi8(2));
  return {.t = join(first, second),
          .x = x,
          .y = y,
          .on = _mm_cmpeq_epi8_mask(polarity, one),
          .left = late | outside | none};
}

EVARROW_INLINE_AVX512 size_t leading(uint32_t left) {
  return static_cast<size_t>(std::countr_zero(left | 1U << kLanes));
}

// Each lane has the one before it; the first has `last`.
EVARROW_INLINE_AVX512 __m512i before(__m512i lanes, uint32_t last) {
  return _mm512_alignr_epi32(lanes, set(last), 15);
}

EVARROW_INLINE_AVX512 uint32_t lane_of(__m512i lanes, size_t i) {
  return static_cast<uint32_t>(_mm_cvtsi128_si32(
      _mm512_castsi512_si128(_mm512_permutexvar_epi32(set(static_cast<uint32_t>(i)), lanes))));
}

EVARROW_INLINE_AVX512 __m512i first_half_of_pairs(__m512i low, __m512i high) {
  const __m512i order = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return _mm512_permutex2var_epi32(low, order, high);
}

EVARROW_INLINE_AVX512 __m512i second_half_of_pairs(__m512i low, __m512i high) {
  const __m512i order =
      _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return _mm512_permutex2var_epi32(low, order, high);
}

EVARROW_INLINE_AVX512 __m512i where(__mmask16 lanes, uint32_t value) {
  return _mm512_maskz_mov_epi32(lanes, set(value));
}

EVARROW_TARGET_AVX512 EncodedWords evt2(const EncodedRows& rows, size_t begin, size_t end,
                                        EncodeState& state, std::byte* to) noexcept {
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes <= end; i += n) {
    const Group group = load(rows, i, end, state);
    const __m512i pixel = _mm512_or_si512(_mm512_slli_epi32(group.x, 11), group.y);
    const __m512i time = _mm512_slli_epi32(group.t, 22);
    const __m512i words = _mm512_or_si512(_mm512_or_si512(pixel, time), where(group.on, 1U << 28));
    _mm512_storeu_si512(to + (i - begin) * 4, words);
    n = leading(group.left);
  }
  return {.rows = i - begin, .bytes = (i - begin) * 4};
}

EVARROW_TARGET_AVX512 EncodedWords dat(const EncodedRows& rows, size_t begin, size_t end,
                                       EncodeState& state, std::byte* to) noexcept {
  uint32_t last = state.low;
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes <= end; i += n) {
    const Group group = load(rows, i, end, state);
    const uint32_t back = _mm512_cmplt_epu32_mask(group.t, before(group.t, last));
    const __m512i pixel = _mm512_or_si512(_mm512_slli_epi32(group.y, 14), group.x);
    const __m512i rest = _mm512_or_si512(pixel, where(group.on, 1U << 28));
    std::byte* const record = to + (i - begin) * 8;
    _mm512_storeu_si512(record, first_half_of_pairs(group.t, rest));
    _mm512_storeu_si512(record + 64, second_half_of_pairs(group.t, rest));
    n = leading(group.left | back);
    if (n != 0) last = lane_of(group.t, n - 1);
  }
  state.low = last;
  return {.rows = i - begin, .bytes = (i - begin) * 8};
}

// The rows of a group that a vector could begin with: one of the same row and time, a vector's
// least length behind, is near enough.
EVARROW_INLINE_AVX512 uint32_t may_be_vectors(const EncodedRows& rows, size_t i, const Group& group,
                                              const EncodeState& state) {
  const size_t at = i + kFewestInVector - 1;
  const __m512i begin = _mm512_set1_epi64(state.t_begin);
  const __m512i t = join(_mm512_sub_epi64(_mm512_loadu_si512(rows.t + at), begin),
                         _mm512_sub_epi64(_mm512_loadu_si512(rows.t + at + 8), begin));
  const __mmask16 same_t = _mm512_cmpeq_epi32_mask(t, group.t);
  const __mmask16 same = _mm512_mask_cmpeq_epi32_mask(same_t, load_32(rows.y + at), group.y);
  const __m512i step = _mm512_sub_epi32(load_32(rows.x + at), group.x);
  return _mm512_mask_cmplt_epu32_mask(same, step, set(kVectorPixels));
}

// `wanted` has three bits that matter of four for each of eight rows: TIME_LOW, ADDR_Y, ADDR_X.
EVARROW_INLINE_AVX512 std::byte* put(__m512i words, uint32_t wanted, std::byte* to) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi16(wanted, words));
  return to + 2 * std::popcount(wanted);
}

EVARROW_TARGET_AVX512 EncodedWords evt3(const EncodedRows& rows, size_t begin, size_t end,
                                        EncodeState& state, std::byte* to) noexcept {
  std::byte* const first = to;
  uint32_t last_t = state.low;
  auto last_y = static_cast<uint32_t>(state.y);
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes + kFewestInVector - 1 <= end; i += n) {
    const Group group = load(rows, i, end, state);
    n = leading(group.left | may_be_vectors(rows, i, group, state));
    if (n == 0) break;
    const __mmask16 new_t = _mm512_cmpneq_epi32_mask(group.t, before(group.t, last_t));
    const __mmask16 new_y = _mm512_cmpneq_epi32_mask(group.y, before(group.y, last_y));
    const __m512i times_and_rows =
        _mm512_or_si512(_mm512_or_si512(group.t, set(0x6000)), _mm512_slli_epi32(group.y, 16));
    const __m512i pixels =
        _mm512_or_si512(_mm512_or_si512(group.x, set(0x2000)), where(group.on, 0x800));
    const uint64_t in_all = _pdep_u64(new_t, 0x1111'1111'1111'1111) |
                            _pdep_u64(new_y, 0x2222'2222'2222'2222) | 0x4444'4444'4444'4444;
    const uint64_t wanted = _bzhi_u64(in_all, static_cast<uint32_t>(4 * n));
    to = put(first_half_of_pairs(times_and_rows, pixels), static_cast<uint32_t>(wanted), to);
    to = put(second_half_of_pairs(times_and_rows, pixels), static_cast<uint32_t>(wanted >> 32), to);
    last_t = lane_of(group.t, n - 1);
    last_y = lane_of(group.y, n - 1);
  }
  state.low = last_t;
  state.y = static_cast<int32_t>(last_y);
  return {.rows = i - begin, .bytes = static_cast<size_t>(to - first)};
}

}  // namespace

const EncodeKernels kEncodeAvx512 = {.evt2 = evt2, .dat = dat, .evt3 = evt3};

}  // namespace evarrow::kernels

#endif
