// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "kernels/encode.h"
#include "kernels/lanes_avx2.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

constexpr size_t kLanes = 8;

struct Group {
  __m256i t, x, y;  // t from the beginning of the period on
  __m256i on;       // all bits of the lanes that are
  __m256i left;     // likewise rows that are for the caller
};

// Columns come from memory, and so many streams of them are more than a processor foresees.
EVARROW_INLINE_AVX2 void prefetch(const EncodedRows& rows, size_t i) {
  _mm_prefetch(reinterpret_cast<const char*>(rows.t + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.x + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.y + i), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(rows.polarity + i), _MM_HINT_T0);
}

EVARROW_INLINE_AVX2 __m256i load_32(const int16_t* values) {
  return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)));
}

// Four times from the beginning of the period on.
EVARROW_INLINE_AVX2 __m256i load_t(const int64_t* t, const EncodeState& state) {
  return _mm256_sub_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(t)),
                          _mm256_set1_epi64x(state.t_begin));
}

// All bits of the lanes whose time is in the period.
EVARROW_INLINE_AVX2 __m256i in_period(__m256i t, const EncodeState& state) {
  const __m256i above = _mm256_srl_epi64(t, _mm_cvtsi32_si128(state.t_bits));
  return _mm256_cmpeq_epi64(above, _mm256_setzero_si256());
}

EVARROW_INLINE_AVX2 Group load(const EncodedRows& rows, size_t i, size_t end,
                               const EncodeState& state) {
  prefetch(rows, std::min(i + kPrefetchedRows, end - 1));
  const __m256i first = load_t(rows.t + i, state);
  const __m256i second = load_t(rows.t + i + 4, state);
  const __m256i timely = every_other<kEven>(in_period(first, state), in_period(second, state));
  const __m256i x = load_32(rows.x + i);
  const __m256i y = load_32(rows.y + i);
  const __m256i outside = _mm256_or_si256(_mm256_cmpgt_epi32(x, set_32(state.x_end - 1)),
                                          _mm256_cmpgt_epi32(y, set_32(state.y_end - 1)));
  const __m256i polarity =
      _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(rows.polarity + i)));
  const __m256i one = set_32(1);
  const __m256i none = _mm256_cmpgt_epi32(_mm256_abs_epi32(polarity), one);
  const __m256i untimely = _mm256_xor_si256(timely, _mm256_set1_epi32(-1));
  return {.t = every_other<kEven>(first, second),
          .x = x,
          .y = y,
          .on = _mm256_cmpeq_epi32(polarity, one),
          .left = _mm256_or_si256(_mm256_or_si256(outside, none), untimely)};
}

EVARROW_INLINE_AVX2 size_t leading(__m256i left) {
  return static_cast<size_t>(std::countr_zero(mask_of(left) | 1U << kLanes));
}

EVARROW_INLINE_AVX2 uint32_t lane_of(__m256i lanes, size_t i) {
  return static_cast<uint32_t>(
      _mm256_cvtsi256_si32(_mm256_permutevar8x32_epi32(lanes, set_32(static_cast<uint32_t>(i)))));
}

EVARROW_INLINE_AVX2 void store(std::byte* to, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
}

EVARROW_TARGET_AVX2 EncodedWords evt2(const EncodedRows& rows, size_t begin, size_t end,
                                      EncodeState& state, std::byte* to) noexcept {
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes <= end; i += n) {
    const Group group = load(rows, i, end, state);
    const __m256i pixel = _mm256_or_si256(_mm256_slli_epi32(group.x, 11), group.y);
    const __m256i rest = _mm256_or_si256(_mm256_slli_epi32(group.t, 22),
                                         _mm256_and_si256(group.on, set_32(1U << 28)));
    store(to + (i - begin) * 4, _mm256_or_si256(pixel, rest));
    n = leading(group.left);
  }
  return {.rows = i - begin, .bytes = (i - begin) * 4};
}

// Whether a lane's unsigned number is below the other's.
EVARROW_INLINE_AVX2 __m256i is_below(__m256i a, __m256i b) {
  const __m256i sign = set_32(1U << 31);
  return _mm256_cmpgt_epi32(_mm256_xor_si256(b, sign), _mm256_xor_si256(a, sign));
}

// Two rows' records or slots in each half: 0 1 4 5 and 2 3 6 7.
struct Pairs {
  __m256i near, far;
};

EVARROW_INLINE_AVX2 Pairs pairs_of(__m256i low, __m256i high) {
  return {.near = _mm256_unpacklo_epi32(low, high), .far = _mm256_unpackhi_epi32(low, high)};
}

EVARROW_TARGET_AVX2 EncodedWords dat(const EncodedRows& rows, size_t begin, size_t end,
                                     EncodeState& state, std::byte* to) noexcept {
  uint32_t last = state.low;
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes <= end; i += n) {
    const Group group = load(rows, i, end, state);
    const __m256i back = is_below(group.t, lanes_before(group.t, last));
    const __m256i pixel = _mm256_or_si256(_mm256_slli_epi32(group.y, 14), group.x);
    const __m256i rest = _mm256_or_si256(pixel, _mm256_and_si256(group.on, set_32(1U << 28)));
    const Pairs records = pairs_of(group.t, rest);
    std::byte* const record = to + (i - begin) * 8;
    store(record, _mm256_permute2x128_si256(records.near, records.far, 0x20));
    store(record + 32, _mm256_permute2x128_si256(records.near, records.far, 0x31));
    n = leading(_mm256_or_si256(group.left, back));
    if (n != 0) last = lane_of(group.t, n - 1);
  }
  state.low = last;
  return {.rows = i - begin, .bytes = (i - begin) * 8};
}

// The rows of a group that a vector could begin with: one of the same row and time, a vector's
// least length behind, is near enough.
EVARROW_INLINE_AVX2 __m256i may_be_vectors(const EncodedRows& rows, size_t i, const Group& group,
                                           const EncodeState& state) {
  const size_t at = i + kFewestInVector - 1;
  const __m256i t = every_other<kEven>(load_t(rows.t + at, state), load_t(rows.t + at + 4, state));
  const __m256i same = _mm256_and_si256(_mm256_cmpeq_epi32(t, group.t),
                                        _mm256_cmpeq_epi32(load_32(rows.y + at), group.y));
  const __m256i step = _mm256_sub_epi32(load_32(rows.x + at), group.x);
  const __m256i far = _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_setzero_si256(), step),
                                      _mm256_cmpgt_epi32(step, set_32(kVectorPixels - 1)));
  return _mm256_andnot_si256(far, same);
}

// Two rows of four words each, of which those wanted are written.
EVARROW_INLINE_AVX2 std::byte* put(__m128i words, uint32_t wanted, std::byte* to) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), compress_16(words, wanted));
  return to + 2 * std::popcount(wanted);
}

EVARROW_TARGET_AVX2 EncodedWords evt3(const EncodedRows& rows, size_t begin, size_t end,
                                      EncodeState& state, std::byte* to) noexcept {
  std::byte* const first = to;
  uint32_t last_t = state.low;
  auto last_y = static_cast<uint32_t>(state.y);
  size_t i = begin;
  size_t n = kLanes;
  for (; n == kLanes && i + kLanes + kFewestInVector - 1 <= end; i += n) {
    const Group group = load(rows, i, end, state);
    n = leading(_mm256_or_si256(group.left, may_be_vectors(rows, i, group, state)));
    if (n == 0) break;
    const __m256i same_t = _mm256_cmpeq_epi32(group.t, lanes_before(group.t, last_t));
    const __m256i same_y = _mm256_cmpeq_epi32(group.y, lanes_before(group.y, last_y));
    const __m256i times_and_rows =
        _mm256_or_si256(_mm256_or_si256(group.t, set_32(0x6000)), _mm256_slli_epi32(group.y, 16));
    const __m256i pixels = _mm256_or_si256(_mm256_or_si256(group.x, set_32(0x2000)),
                                           _mm256_and_si256(group.on, set_32(0x800)));
    // Of four words a row TIME_LOW, ADDR_Y and ADDR_X.
    const uint32_t in_all = _pdep_u32(~mask_of(same_t), 0x1111'1111) |
                            _pdep_u32(~mask_of(same_y), 0x2222'2222) | 0x4444'4444;
    const uint32_t wanted = _bzhi_u32(in_all, static_cast<uint32_t>(4 * n));
    const Pairs words = pairs_of(times_and_rows, pixels);
    to = put(_mm256_castsi256_si128(words.near), wanted & 0xFF, to);
    to = put(_mm256_castsi256_si128(words.far), wanted >> 8 & 0xFF, to);
    to = put(_mm256_extracti128_si256(words.near, 1), wanted >> 16 & 0xFF, to);
    to = put(_mm256_extracti128_si256(words.far, 1), wanted >> 24, to);
    last_t = lane_of(group.t, n - 1);
    last_y = lane_of(group.y, n - 1);
  }
  state.low = last_t;
  state.y = static_cast<int32_t>(last_y);
  return {.rows = i - begin, .bytes = static_cast<size_t>(to - first)};
}

}  // namespace

const EncodeKernels kEncodeAvx2 = {.evt2 = evt2, .dat = dat, .evt3 = evt3};

}  // namespace evarrow::kernels

#endif
