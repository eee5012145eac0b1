// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/evt21.h"
#include "kernels/pixels.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_EVT21_TARGET EVARROW_TARGET_SSE4
#define EVARROW_EVT21_EMIT emit_pixels_sse4
#include "kernels/evt21_words.h"

// `kAll`: all columns are wanted, so that their strides are known.
template <bool kAll>
EVARROW_TARGET_SSE4 size_t read_words(const std::byte* bytes, size_t words, Columns& columns_out,
                                      Evt21State& state) noexcept {
  // Copies, which no store into a column can change.
  Columns out = columns_out;
  if constexpr (kAll) out.x_stride = out.y_stride = out.t_stride = out.polarity_stride = 1;
  Evt21State s = state;
  size_t row = out.size;
  const size_t read = read_singly(bytes, 0, words, out, row, s);
  columns_out.size = row;
  state = s;
  return read;
}

}  // namespace

EVARROW_TARGET_SSE4 size_t evt21_sse4(const std::byte* bytes, size_t words, Columns& out,
                                      Evt21State& state) noexcept {
  return has_all(out) ? read_words<true>(bytes, words, out, state)
                      : read_words<false>(bytes, words, out, state);
}

EVARROW_TARGET_SSE4 size_t evt21_count_sse4(const std::byte* bytes, size_t words, Evt21State& state,
                                            Count& count) noexcept {
  Evt21State s = state;
  Count sum = count;
  const size_t read = count_singly(bytes, 0, words, s, sum);
  count = sum;
  state = s;
  return read;
}

}  // namespace evarrow::kernels

#endif
