// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt2.h"
#include "kernels/intrinsics.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {

EVARROW_TARGET_AVX512 size_t evt2_count_avx512(const std::byte* bytes, size_t words,
                                               Evt2State& state, Count& count) noexcept {
  constexpr size_t kLanes = 16;
  const __m512i low11 = _mm512_set1_epi32(0x7FF);
  const __m512i width = _mm512_set1_epi32(static_cast<int>(state.width));
  const __m512i height = _mm512_set1_epi32(static_cast<int>(state.height));
  const int64_t base = state.base;
  const uint32_t first = state.high;
  __m512i least = _mm512_set1_epi32(INT32_MAX);
  __m512i greatest = _mm512_setzero_si512();
  __m512i since = _mm512_setzero_si512();  // from `base` to the last clock word
  uint64_t events = 0;
  size_t i = 0;
  for (; i + kLanes <= words; i += kLanes) {
    const __m512i v = _mm512_loadu_si512(bytes + i * 4);
    const __mmask16 wanted = _mm512_cmplt_epu32_mask(v, _mm512_set1_epi32(0x2000'0000));
    const __m512i x = _mm512_and_si512(_mm512_srli_epi32(v, 11), low11);
    const __m512i y = _mm512_and_si512(v, low11);
    if ((_mm512_mask_cmpge_epu32_mask(wanted, x, width) |
         _mm512_mask_cmpge_epu32_mask(wanted, y, height)) != 0) {
      break;
    }
    const __m512i low6 = _mm512_and_si512(_mm512_srli_epi32(v, 22), _mm512_set1_epi32(0x3F));
    __m512i time = _mm512_or_si512(low6, since);
    if (wanted != 0xFFFF) {
      const __mmask16 clocks =
          _mm512_cmpeq_epi32_mask(_mm512_srli_epi32(v, 28), _mm512_set1_epi32(8));
      if (static_cast<__mmask16>(clocks | wanted) != 0xFFFF) break;
      uint32_t high = state.high;
      bool steady = true;
      for (uint32_t rest = clocks; rest != 0; rest &= rest - 1) {
        const int at = std::countr_zero(rest);
        uint32_t word;
        std::memcpy(&word, bytes + (i + static_cast<size_t>(at)) * 4, sizeof(word));
        const uint32_t next = word & 0x0FFF'FFFF;
        steady &= next >= high && next - first < uint32_t{1} << 24;
        high = next;
        since = _mm512_set1_epi32(static_cast<int>((next - first) << 6));
        time = _mm512_mask_or_epi32(time, static_cast<__mmask16>(0xFFFEU << at), low6, since);
      }
      if (!steady) break;
      state.high = high;
      state.seen_clock = true;
    }
    least = _mm512_mask_min_epi32(least, wanted, least, time);
    greatest = _mm512_mask_max_epi32(greatest, wanted, greatest, time);
    events += static_cast<size_t>(std::popcount(static_cast<uint32_t>(wanted)));
  }
  state.base += static_cast<int64_t>(state.high - first) << 6;
  count.events += events;
  if (events != 0) {
    count.t_min = std::min(count.t_min, base + _mm512_reduce_min_epi32(least));
    count.t_max = std::max(count.t_max, base + _mm512_reduce_max_epi32(greatest));
  }
  return i;
}

}  // namespace evarrow::kernels

#endif
