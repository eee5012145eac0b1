// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/rows.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

constexpr size_t kLanes = 4;

EVARROW_TARGET_AVX2 inline __attribute__((always_inline)) __m256i load(const int64_t* t) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(t));
}

// Lanes whose time is less than the one before.
EVARROW_TARGET_AVX2 inline __attribute__((always_inline)) __m256i descents(const int64_t* t) {
  return _mm256_cmpgt_epi64(load(t - 1), load(t));
}

EVARROW_TARGET_AVX2 size_t first_descent(const int64_t* t, size_t n) noexcept {
  size_t i = 1;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
    const __m256i low = _mm256_or_si256(descents(t + i), descents(t + i + kLanes));
    const __m256i high =
        _mm256_or_si256(descents(t + i + 2 * kLanes), descents(t + i + 3 * kLanes));
    const __m256i any = _mm256_or_si256(low, high);
    if (_mm256_testz_si256(any, any) == 0) break;
  }
  while (i < n && t[i] >= t[i - 1]) ++i;
  return i < n ? i : n;
}

EVARROW_TARGET_AVX2 void widen_range(const int64_t* t, size_t n, int64_t& t_min,
                                     int64_t& t_max) noexcept {
  __m256i low = _mm256_set1_epi64x(t_min);
  __m256i high = _mm256_set1_epi64x(t_max);
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const __m256i v = load(t + i);
    low = _mm256_blendv_epi8(low, v, _mm256_cmpgt_epi64(low, v));
    high = _mm256_blendv_epi8(high, v, _mm256_cmpgt_epi64(v, high));
  }
  int64_t lows[kLanes];
  int64_t highs[kLanes];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lows), low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(highs), high);
  t_min = *std::min_element(lows, lows + kLanes);
  t_max = *std::max_element(highs, highs + kLanes);
  kTimeLoopsScalar.widen_range(t + i, n - i, t_min, t_max);
}

}  // namespace

constinit const TimeLoops kTimeLoopsAvx2 = {.first_descent = first_descent,
                                            .widen_range = widen_range};

}  // namespace evarrow::kernels

#endif
