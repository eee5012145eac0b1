// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt2.h"
#include "kernels/intrinsics.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

// Stores sixteen rows: `words` for x, y and polarity, `deltas` added to `base` for t.
EVARROW_TARGET_AVX512 inline __attribute__((always_inline)) void store(const Columns& out, size_t k,
                                                                       __m512i words,
                                                                       __m512i deltas, int64_t base,
                                                                       __m128i off) {
  const __m512i low11 = _mm512_set1_epi32(0x7FF);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.x + k * out.x_stride),
                      _mm512_cvtepi32_epi16(_mm512_and_si512(_mm512_srli_epi32(words, 11), low11)));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out.y + k * out.y_stride),
                      _mm512_cvtepi32_epi16(_mm512_and_si512(words, low11)));
  const __m128i on = _mm512_cvtepi32_epi8(_mm512_srli_epi32(words, 28));
  const __m128i polarity = _mm_or_si128(_mm_and_si128(_mm_sub_epi8(on, _mm_set1_epi8(1)), off), on);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.polarity + k * out.polarity_stride), polarity);
  const __m512i from = _mm512_set1_epi64(base);
  const __m512i t0 = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(deltas));
  const __m512i t1 = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(deltas, 1));
  int64_t* t = out.t + k * out.t_stride;
  _mm512_storeu_si512(t, _mm512_add_epi64(from, t0));
  _mm512_storeu_si512(t + 8, _mm512_add_epi64(from, t1));
}

}  // namespace

EVARROW_TARGET_AVX512 size_t evt2_avx512(const std::byte* bytes, size_t words, Columns& out,
                                         Evt2State& state) noexcept {
  constexpr size_t kLanes = 16;
  const __m512i low11 = _mm512_set1_epi32(0x7FF);
  const __m512i width = _mm512_set1_epi32(static_cast<int>(state.width));
  const __m512i height = _mm512_set1_epi32(static_cast<int>(state.height));
  const __m128i off = _mm_set1_epi8(state.off);
  size_t i = 0;
  size_t k = out.size;
  for (; i + kLanes <= words && k + kLanes <= out.capacity; i += kLanes) {
    const __m512i v = _mm512_loadu_si512(bytes + i * 4);
    const __mmask16 events = _mm512_cmplt_epu32_mask(v, _mm512_set1_epi32(0x2000'0000));
    const __m512i x = _mm512_and_si512(_mm512_srli_epi32(v, 11), low11);
    const __m512i y = _mm512_and_si512(v, low11);
    if ((_mm512_mask_cmpge_epu32_mask(events, x, width) |
         _mm512_mask_cmpge_epu32_mask(events, y, height)) != 0) {
      break;
    }
    const __m512i low6 = _mm512_and_si512(_mm512_srli_epi32(v, 22), _mm512_set1_epi32(0x3F));
    if (events == 0xFFFF) [[likely]] {
      store(out, k, v, low6, state.base, off);
      k += kLanes;
      continue;
    }
    const __mmask16 clocks =
        _mm512_cmpeq_epi32_mask(_mm512_srli_epi32(v, 28), _mm512_set1_epi32(8));
    if (static_cast<__mmask16>(clocks | events) != 0xFFFF) break;
    __m512i deltas = low6;
    uint32_t high = state.high;
    bool steady = true;
    for (uint32_t rest = clocks; rest != 0; rest &= rest - 1) {
      const int at = std::countr_zero(rest);
      uint32_t word;
      std::memcpy(&word, bytes + (i + static_cast<size_t>(at)) * 4, sizeof(word));
      const uint32_t next = word & 0x0FFF'FFFF;
      // The 32-bit lanes hold the microseconds since the last clock word of the group before.
      steady &= next >= high && next - state.high < uint32_t{1} << 25;
      high = next;
      deltas = _mm512_mask_or_epi32(deltas, static_cast<__mmask16>(0xFFFEU << at), low6,
                                    _mm512_set1_epi32(static_cast<int>((next - state.high) << 6)));
    }
    if (!steady) break;
    store(out, k, _mm512_maskz_compress_epi32(events, v),
          _mm512_maskz_compress_epi32(events, deltas), state.base, off);
    k += static_cast<size_t>(std::popcount(static_cast<uint32_t>(events)));
    state.base += static_cast<int64_t>(high - state.high) << 6;
    state.high = high;
    state.seen_clock = true;
  }
  out.size = k;
  return i;
}

}  // namespace evarrow::kernels

#endif
