// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt2.h"
#include "kernels/intrinsics.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

constexpr size_t kLanes = 8;

EVARROW_TARGET_AVX2 inline __attribute__((always_inline)) uint32_t mask_of(__m256i lanes) {
  return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(lanes)));
}

// Adds the least and greatest of the microseconds since `base` in the lanes.
EVARROW_TARGET_AVX2 void add_range(__m256i least, __m256i greatest, int64_t base, Count& count) {
  int32_t low[kLanes];
  int32_t high[kLanes];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), least);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(high), greatest);
  count.t_min = std::min(count.t_min, base + *std::min_element(low, low + kLanes));
  count.t_max = std::max(count.t_max, base + *std::max_element(high, high + kLanes));
}

}  // namespace

EVARROW_TARGET_AVX2 size_t evt2_count_avx2(const std::byte* bytes, size_t words, Evt2State& state,
                                           Count& count) noexcept {
  const __m256i low11 = _mm256_set1_epi32(0x7FF);
  const __m256i x_last = _mm256_set1_epi32(static_cast<int>(state.width) - 1);
  const __m256i y_last = _mm256_set1_epi32(static_cast<int>(state.height) - 1);
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const int64_t base = state.base;
  const uint32_t first = state.high;
  __m256i least = _mm256_set1_epi32(INT32_MAX);
  __m256i greatest = _mm256_setzero_si256();
  __m256i since = _mm256_setzero_si256();  // from `base` to the last clock word
  uint64_t events = 0;
  size_t i = 0;
  for (; i + kLanes <= words; i += kLanes) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i * 4));
    const __m256i type = _mm256_srli_epi32(v, 28);
    const __m256i x = _mm256_and_si256(_mm256_srli_epi32(v, 11), low11);
    const __m256i y = _mm256_and_si256(v, low11);
    const __m256i is_other = _mm256_cmpgt_epi32(type, _mm256_set1_epi32(1));
    const __m256i outside =
        _mm256_or_si256(_mm256_cmpgt_epi32(x, x_last), _mm256_cmpgt_epi32(y, y_last));
    if (_mm256_testc_si256(is_other, outside) == 0) break;
    const __m256i low6 = _mm256_and_si256(_mm256_srli_epi32(v, 22), _mm256_set1_epi32(0x3F));
    __m256i time = _mm256_or_si256(low6, since);
    const uint32_t others = mask_of(is_other);
    if (others != 0) {
      if (mask_of(_mm256_cmpeq_epi32(type, _mm256_set1_epi32(8))) != others) break;
      uint32_t high = state.high;
      bool steady = true;
      for (uint32_t rest = others; rest != 0; rest &= rest - 1) {
        const int at = std::countr_zero(rest);
        uint32_t word;
        std::memcpy(&word, bytes + (i + static_cast<size_t>(at)) * 4, sizeof(word));
        const uint32_t next = word & 0x0FFF'FFFF;
        steady &= next >= high && next - first < uint32_t{1} << 24;
        high = next;
        since = _mm256_set1_epi32(static_cast<int>((next - first) << 6));
        time = _mm256_blendv_epi8(time, _mm256_or_si256(low6, since),
                                  _mm256_cmpgt_epi32(lane, _mm256_set1_epi32(at)));
      }
      if (!steady) break;
      state.high = high;
      state.seen_clock = true;
    }
    // Lanes without an event count as the latest for the least, as the earliest for the greatest.
    least = _mm256_min_epi32(
        least, _mm256_or_si256(time, _mm256_and_si256(is_other, _mm256_set1_epi32(INT32_MAX))));
    greatest = _mm256_max_epi32(greatest, _mm256_andnot_si256(is_other, time));
    events += kLanes - static_cast<size_t>(std::popcount(others));
  }
  state.base += static_cast<int64_t>(state.high - first) << 6;
  count.events += events;
  if (events != 0) add_range(least, greatest, base, count);
  return i;
}

}  // namespace evarrow::kernels

#endif
