// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt3.h"
#include "kernels/intrinsics.h"
#include "kernels/pixels.h"
#include "kernels/tables.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

// Byte shuffles of eight 16-bit lanes.
struct ShuffleTables {
  // Row m moves the lanes that are set in m to the front.
  alignas(64) std::array<std::array<uint8_t, 16>, 256> compress{};
  // Row m gives each lane the value of the last lane set in m at or before it; 0x80 if none is.
  alignas(64) std::array<std::array<uint8_t, 16>, 256> fill{};

  constexpr ShuffleTables() {
    for (size_t mask = 0; mask < 256; ++mask) {
      size_t n = 0;
      size_t last = 8;
      for (size_t lane = 0; lane < 8; ++lane) {
        if ((mask >> lane & 1U) != 0) {
          last = lane;
          compress[mask][2 * n] = static_cast<uint8_t>(2 * lane);
          compress[mask][2 * n + 1] = static_cast<uint8_t>(2 * lane + 1);
          ++n;
        }
        fill[mask][2 * lane] = static_cast<uint8_t>(last == 8 ? 0x80 : 2 * last);
        fill[mask][2 * lane + 1] = static_cast<uint8_t>(last == 8 ? 0x80 : 2 * last + 1);
      }
      for (; n < 8; ++n) compress[mask][2 * n] = compress[mask][2 * n + 1] = 0x80;
    }
  }
};
constexpr ShuffleTables kShuffle;

EVARROW_TARGET_SSE4 inline __attribute__((always_inline)) __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

EVARROW_TARGET_SSE4 inline __attribute__((always_inline)) void store(void* to, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value);
}

// Eight rows of one time.
EVARROW_TARGET_SSE4 inline __attribute__((always_inline)) void store_rows(const Columns& out,
                                                                          size_t row, __m128i x,
                                                                          __m128i y, __m128i t,
                                                                          __m128i polarity) {
  store(out.x + row * out.x_stride, x);
  store(out.y + row * out.y_stride, y);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride), polarity);
  int64_t* times = out.t + row * out.t_stride;
  store(times, t);
  store(times + 2, t);
  store(times + 4, t);
  store(times + 6, t);
}

EVARROW_TARGET_SSE4 inline __attribute__((always_inline)) size_t
emit_vector(const Columns& out, size_t row, const Evt3State& state, int64_t t, uint32_t bits) {
  return emit_pixels_sse4(out, row, pixels_of(state, t, bits));
}

#define EVARROW_EVT3_TARGET EVARROW_TARGET_SSE4
#include "kernels/evt3_clock_and_vectors.h"

// `kAll`: all columns are wanted, so that their strides are known.
template <bool kAll>
EVARROW_TARGET_SSE4 size_t read_words(const std::byte* bytes, size_t words, Columns& columns_out,
                                      Evt3State& state) noexcept {
  // Copies, which no store into a column can change.
  Columns out = columns_out;
  if constexpr (kAll) out.x_stride = out.y_stride = out.t_stride = out.polarity_stride = 1;
  constexpr size_t kLanes = 8;
  const __m128i low11 = _mm_set1_epi16(0x7FF);
  const __m128i x_last = _mm_set1_epi16(static_cast<int16_t>(state.width - 1));
  const __m128i y_last = _mm_set1_epi16(static_cast<int16_t>(state.height - 1));
  const __m128i off = _mm_set1_epi8(state.off);
  Evt3State s = state;
  int64_t t = s.time();
  size_t i = 0;
  size_t row = out.size;
  bool stuck = false;
  while (!stuck && i + kLanes <= words && row + 32 + kOvershoot <= out.capacity) {
    const __m128i v = load(bytes + i * 2);
    const __m128i type = _mm_srli_epi16(v, 12);
    const __m128i is_y = _mm_cmpeq_epi16(type, _mm_setzero_si128());
    const __m128i is_x = _mm_cmpeq_epi16(type, _mm_set1_epi16(2));
    const auto both = static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(is_y, is_x)));
    const uint32_t common = (both | both >> 8) & 0xFF;
    size_t n = kLanes;
    if (common != 0xFF) n = static_cast<size_t>(std::countr_one(common));
    const uint32_t within = (1U << n) - 1U;
    const uint32_t rows = both & within;
    const uint32_t columns = both >> 8 & within;
    const __m128i coordinate = _mm_and_si128(v, low11);
    const __m128i outside = _mm_cmpgt_epi16(coordinate, _mm_blendv_epi8(x_last, y_last, is_y));
    const auto outside_bits =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(outside, _mm_setzero_si128())));
    if ((outside_bits & within) != 0) break;

    const __m128i fill = load(kShuffle.fill[rows].data());
    const __m128i y = _mm_blendv_epi8(_mm_shuffle_epi8(coordinate, fill),
                                      _mm_set1_epi16(static_cast<int16_t>(s.y)), fill);
    const __m128i compress = load(kShuffle.compress[columns].data());
    const __m128i x = _mm_shuffle_epi8(v, compress);
    const __m128i on = _mm_srai_epi16(_mm_slli_epi16(x, 4), 15);  // all bits, or none
    const __m128i polarity = _mm_blendv_epi8(off, _mm_set1_epi8(1), _mm_packs_epi16(on, on));
    store_rows(out, row, _mm_and_si128(x, low11), _mm_shuffle_epi8(y, compress), _mm_set1_epi64x(t),
               polarity);
    if (rows != 0) {
      s.y = evt3_word(bytes, i + 31 - static_cast<size_t>(std::countl_zero(rows))) & 0x7FF;
    }
    row += static_cast<size_t>(std::popcount(columns));
    i += n;
    if (n == kLanes) continue;
    // What ends most runs, ahead of the rest.
    if (const uint32_t word = evt3_word(bytes, i); word >> 12 == 0x6) {
      s.low = word & 0xFFF;
      t = s.time();
      ++i;
      continue;
    }
    i = read_groups(bytes, i, words, out, row, s, t);
    i = read_between(bytes, i, words, out, row, s, t, stuck);
  }
  columns_out.size = row;
  state = s;
  return i;
}

}  // namespace

EVARROW_TARGET_SSE4 size_t evt3_sse4(const std::byte* bytes, size_t words, Columns& out,
                                     Evt3State& state) noexcept {
  return has_all(out) ? read_words<true>(bytes, words, out, state)
                      : read_words<false>(bytes, words, out, state);
}

}  // namespace evarrow::kernels

#endif
