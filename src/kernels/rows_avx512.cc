// SPDX-License-Identifier: Apache-2.0
#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/rows.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

constexpr size_t kLanes = 8;

// Lanes whose time is less than the one before.
EVARROW_TARGET_AVX512 inline __attribute__((always_inline)) unsigned descents(const int64_t* t) {
  return _mm512_cmplt_epi64_mask(_mm512_loadu_si512(t), _mm512_loadu_si512(t - 1));
}

EVARROW_TARGET_AVX512 size_t first_descent(const int64_t* t, size_t n) noexcept {
  size_t i = 1;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
    if ((descents(t + i) | descents(t + i + kLanes) | descents(t + i + 2 * kLanes) |
         descents(t + i + 3 * kLanes)) != 0) {
      break;
    }
  }
  while (i < n && t[i] >= t[i - 1]) ++i;
  return i < n ? i : n;
}

EVARROW_TARGET_AVX512 void widen_range(const int64_t* t, size_t n, int64_t& t_min,
                                       int64_t& t_max) noexcept {
  __m512i low = _mm512_set1_epi64(t_min);
  __m512i high = _mm512_set1_epi64(t_max);
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const __m512i v = _mm512_loadu_si512(t + i);
    low = _mm512_min_epi64(low, v);
    high = _mm512_max_epi64(high, v);
  }
  if (i < n) {
    const auto rest = static_cast<__mmask8>((1U << (n - i)) - 1U);
    low = _mm512_mask_min_epi64(low, rest, low, _mm512_maskz_loadu_epi64(rest, t + i));
    high = _mm512_mask_max_epi64(high, rest, high, _mm512_maskz_loadu_epi64(rest, t + i));
  }
  t_min = _mm512_reduce_min_epi64(low);
  t_max = _mm512_reduce_max_epi64(high);
}

}  // namespace

constinit const TimeLoops kTimeLoopsAvx512 = {.first_descent = first_descent,
                                              .widen_range = widen_range};

}  // namespace evarrow::kernels

#endif
