// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "kernels/evt2.h"
#include "kernels/lanes_avx2.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

// Stores eight rows: `words` for x, y and polarity, `deltas` added to `base` for t.
EVARROW_INLINE_AVX2 void store(const Columns& out, size_t k, __m256i words, __m256i deltas,
                               int64_t base, __m128i off) {
  const __m256i low11 = _mm256_set1_epi32(0x7FF);
  const __m256i x = _mm256_and_si256(_mm256_srli_epi32(words, 11), low11);
  const __m256i y = _mm256_and_si256(words, low11);
  const __m256i xy = _mm256_permute4x64_epi64(_mm256_packus_epi32(x, y), 0xD8);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.x + k * out.x_stride),
                   _mm256_castsi256_si128(xy));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.y + k * out.y_stride),
                   _mm256_extracti128_si256(xy, 1));
  const __m256i on = _mm256_srli_epi32(words, 28);
  const __m128i on16 =
      _mm_packus_epi32(_mm256_castsi256_si128(on), _mm256_extracti128_si256(on, 1));
  const __m128i on8 = _mm_packus_epi16(on16, on16);
  const __m128i polarity =
      _mm_or_si128(_mm_and_si128(_mm_sub_epi8(on8, _mm_set1_epi8(1)), off), on8);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out.polarity + k * out.polarity_stride), polarity);
  const __m256i from = _mm256_set1_epi64x(base);
  const __m256i t0 = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(deltas));
  const __m256i t1 = _mm256_cvtepu32_epi64(_mm256_extracti128_si256(deltas, 1));
  int64_t* t = out.t + k * out.t_stride;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(t), _mm256_add_epi64(from, t0));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(t + 4), _mm256_add_epi64(from, t1));
}

}  // namespace

EVARROW_TARGET_AVX2 size_t evt2_avx2(const std::byte* bytes, size_t words, Columns& out,
                                     Evt2State& state) noexcept {
  constexpr size_t kLanes = 8;
  const __m256i low11 = _mm256_set1_epi32(0x7FF);
  const __m256i x_last = _mm256_set1_epi32(static_cast<int>(state.width) - 1);
  const __m256i y_last = _mm256_set1_epi32(static_cast<int>(state.height) - 1);
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m128i off = _mm_set1_epi8(state.off);
  size_t i = 0;
  size_t k = out.size;
  for (; i + kLanes <= words && k + kLanes <= out.capacity; i += kLanes) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i * 4));
    const __m256i type = _mm256_srli_epi32(v, 28);
    const __m256i x = _mm256_and_si256(_mm256_srli_epi32(v, 11), low11);
    const __m256i y = _mm256_and_si256(v, low11);
    const uint32_t others = mask_of(_mm256_cmpgt_epi32(type, _mm256_set1_epi32(1)));
    const uint32_t outside =
        mask_of(_mm256_or_si256(_mm256_cmpgt_epi32(x, x_last), _mm256_cmpgt_epi32(y, y_last)));
    if ((outside & ~others) != 0) break;
    const __m256i low6 = _mm256_and_si256(_mm256_srli_epi32(v, 22), _mm256_set1_epi32(0x3F));
    if (others == 0) [[likely]] {
      store(out, k, v, low6, state.base, off);
      k += kLanes;
      continue;
    }
    const uint32_t clocks = mask_of(_mm256_cmpeq_epi32(type, _mm256_set1_epi32(8)));
    if (clocks != others) break;
    __m256i deltas = low6;
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
      const __m256i shifted =
          _mm256_or_si256(low6, _mm256_set1_epi32(static_cast<int>((next - state.high) << 6)));
      deltas = _mm256_blendv_epi8(deltas, shifted, _mm256_cmpgt_epi32(lane, _mm256_set1_epi32(at)));
    }
    if (!steady) break;
    const __m256i order = _mm256_cvtepu8_epi32(
        _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kCompress.lanes[~others & 0xFF].data())));
    store(out, k, _mm256_permutevar8x32_epi32(v, order), _mm256_permutevar8x32_epi32(deltas, order),
          state.base, off);
    k += kLanes - static_cast<size_t>(std::popcount(others));
    state.base += static_cast<int64_t>(high - state.high) << 6;
    state.high = high;
    state.seen_clock = true;
  }
  out.size = k;
  return i;
}

}  // namespace evarrow::kernels

#endif
