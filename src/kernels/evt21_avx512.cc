// SPDX-License-Identifier: Apache-2.0
// Eight words at a time, as long as each holds no more than one event: sparse scenes give hardly
// any others.
#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt21.h"
#include "kernels/pixels.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_EVT21_TARGET EVARROW_TARGET_AVX512
#define EVARROW_EVT21_EMIT emit_pixels_avx512
#include "kernels/evt21_words.h"

#define EVARROW_INLINE EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

constexpr size_t kLanes = 8;

struct Lanes {
  __m512i words;
  __m512i x;        // of the event
  __m512i t;        // microseconds
  __mmask8 events;  // lanes with an event; the others hold clock words, or nothing
};

// Reads the eight words from number `i` on and moves the clock. False, and nothing is changed, if
// there are others than single events inside the sensor and steady clock words.
EVARROW_INLINE bool load_lanes(const std::byte* bytes, size_t i, Evt21State& state, Lanes& lanes) {
  const __m512i stored = _mm512_loadu_si512(bytes + i * sizeof(uint64_t));
  const __m512i v = state.legacy ? _mm512_rol_epi64(stored, 32) : stored;
  const __m512i type = _mm512_srli_epi64(v, 60);
  const __m512i low11 = _mm512_set1_epi64(0x7FF);
  const __m512i bits = _mm512_and_si512(v, _mm512_set1_epi64(0xFFFF'FFFF));
  const __mmask8 kinds = _mm512_cmplt_epu64_mask(type, _mm512_set1_epi64(2));
  const __mmask8 events = _mm512_mask_test_epi64_mask(kinds, bits, bits);
  const __mmask8 several =
      _mm512_mask_test_epi64_mask(kinds, bits, _mm512_add_epi64(bits, _mm512_set1_epi64(-1)));
  const __m512i place = _mm512_sub_epi64(_mm512_set1_epi64(63), _mm512_lzcnt_epi64(bits));
  const __m512i x = _mm512_add_epi64(_mm512_and_si512(_mm512_srli_epi64(v, 43), low11), place);
  const __m512i y = _mm512_and_si512(_mm512_srli_epi64(v, 32), low11);
  const __mmask8 outside = _mm512_mask_cmpge_epu64_mask(events, x, _mm512_set1_epi64(state.width)) |
                           _mm512_mask_cmpge_epu64_mask(events, y, _mm512_set1_epi64(state.height));
  if ((several | outside) != 0) return false;
  const __m512i low6 = _mm512_and_si512(_mm512_srli_epi64(v, 54), _mm512_set1_epi64(0x3F));
  __m512i t = _mm512_add_epi64(_mm512_set1_epi64(state.base), low6);
  if (kinds != 0xFF) {
    Evt21State next = state;
    for (uint32_t rest = kinds ^ 0xFFU; rest != 0; rest &= rest - 1) {
      const int at = std::countr_zero(rest);
      const uint64_t word = evt21_word(bytes, i + static_cast<size_t>(at), state.legacy);
      if (!take_clock(word, next)) return false;
      t = _mm512_mask_add_epi64(t, static_cast<__mmask8>(0xFEU << at), low6,
                                _mm512_set1_epi64(next.base));
    }
    state = next;
  }
  lanes = {.words = v, .x = x, .t = t, .events = events};
  return true;
}

// Stores eight rows, of which as many as there are events are meant.
EVARROW_INLINE void store(const Columns& out, size_t row, const Lanes& lanes, __m128i off) {
  __m512i v = lanes.words;
  __m512i x = lanes.x;
  __m512i t = lanes.t;
  if (lanes.events != 0xFF) {
    v = _mm512_maskz_compress_epi64(lanes.events, v);
    x = _mm512_maskz_compress_epi64(lanes.events, x);
    t = _mm512_maskz_compress_epi64(lanes.events, t);
  }
  const __m512i y = _mm512_and_si512(_mm512_srli_epi64(v, 32), _mm512_set1_epi64(0x7FF));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.x + row * out.x_stride),
                   _mm512_cvtepi64_epi16(x));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out.y + row * out.y_stride),
                   _mm512_cvtepi64_epi16(y));
  const __m128i on = _mm512_cvtepi64_epi8(_mm512_srli_epi64(v, 60));
  const __m128i polarity = _mm_or_si128(_mm_and_si128(_mm_sub_epi8(on, _mm_set1_epi8(1)), off), on);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride), polarity);
  _mm512_storeu_si512(out.t + row * out.t_stride, t);
}

// `kAll`: all columns are wanted, so that their strides are known.
template <bool kAll>
EVARROW_TARGET_AVX512 size_t read_words(const std::byte* bytes, size_t words, Columns& columns_out,
                                        Evt21State& state) noexcept {
  // Copies, which no store into a column can change.
  Columns out = columns_out;
  if constexpr (kAll) out.x_stride = out.y_stride = out.t_stride = out.polarity_stride = 1;
  const __m128i off = _mm_set1_epi8(state.off);
  Evt21State s = state;
  size_t row = out.size;
  size_t i = 0;
  while (i < words) {
    Lanes lanes;
    if (i + kLanes <= words && row + kLanes <= out.capacity && load_lanes(bytes, i, s, lanes)) {
      store(out, row, lanes, off);
      row += static_cast<size_t>(std::popcount(static_cast<uint32_t>(lanes.events)));
      i += kLanes;
      continue;
    }
    const size_t end = std::min(words, i + kLanes);
    i = read_singly(bytes, i, end, out, row, s);
    if (i < end) break;
  }
  columns_out.size = row;
  state = s;
  return i;
}

}  // namespace

EVARROW_TARGET_AVX512 size_t evt21_avx512(const std::byte* bytes, size_t words, Columns& out,
                                          Evt21State& state) noexcept {
  return has_all(out) ? read_words<true>(bytes, words, out, state)
                      : read_words<false>(bytes, words, out, state);
}

EVARROW_TARGET_AVX512 size_t evt21_count_avx512(const std::byte* bytes, size_t words,
                                                Evt21State& state, Count& count) noexcept {
  Evt21State s = state;
  Count sum = count;
  __m512i least = _mm512_set1_epi64(INT64_MAX);
  __m512i greatest = _mm512_set1_epi64(INT64_MIN);
  size_t i = 0;
  while (i < words) {
    Lanes lanes;
    if (i + kLanes <= words && load_lanes(bytes, i, s, lanes)) {
      least = _mm512_mask_min_epi64(least, lanes.events, least, lanes.t);
      greatest = _mm512_mask_max_epi64(greatest, lanes.events, greatest, lanes.t);
      sum.events += static_cast<unsigned>(std::popcount(static_cast<uint32_t>(lanes.events)));
      i += kLanes;
      continue;
    }
    const size_t end = std::min(words, i + kLanes);
    i = count_singly(bytes, i, end, s, sum);
    if (i < end) break;
  }
  count = {.events = sum.events,
           .t_min = std::min<int64_t>(sum.t_min, _mm512_reduce_min_epi64(least)),
           .t_max = std::max<int64_t>(sum.t_max, _mm512_reduce_max_epi64(greatest))};
  state = s;
  return i;
}

}  // namespace evarrow::kernels

#endif
