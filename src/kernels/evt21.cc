// SPDX-License-Identifier: Apache-2.0
#include "kernels/evt21.h"

#include <bit>

#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/tables.h"

namespace evarrow::kernels {

#ifdef EVARROW_X86
namespace {

EVARROW_TARGET_SSE4 void emit_sse4(Columns& out, uint32_t pixels, int16_t x, int16_t y, int64_t t,
                                   int8_t polarity) noexcept {
  __m128i base = _mm_set1_epi16(x);
  const __m128i rows = _mm_set1_epi16(y);
  const __m128i times = _mm_set1_epi64x(t);
  const __m128i polarities = _mm_set1_epi8(polarity);
  size_t row = out.size;
  for (; pixels != 0; pixels >>= 8) {
    const uint8_t* lanes = kCompress.lanes[pixels & 0xFF].data();
    const __m128i offsets =
        _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(lanes)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.x + row * out.x_stride),
                     _mm_add_epi16(base, offsets));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.y + row * out.y_stride), rows);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out.polarity + row * out.polarity_stride),
                     polarities);
    int64_t* first = out.t + row * out.t_stride;
    for (size_t i = 0; i < 8; i += 2) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(first + i), times);
    }
    row += static_cast<size_t>(std::popcount(pixels & 0xFF));
    base = _mm_add_epi16(base, _mm_set1_epi16(8));
  }
  out.size = row;
}

}  // namespace
#endif

Evt21Emitter evt21_emitter() noexcept {
#ifdef EVARROW_X86
  if (instruction_set_level() >= InstructionSet::kSse4) return emit_sse4;
#endif
  return nullptr;
}

}  // namespace evarrow::kernels
