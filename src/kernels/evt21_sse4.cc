// SPDX-License-Identifier: Apache-2.0
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

}  // namespace

size_t evt21_sse4(const std::byte* bytes, size_t words, Columns& out, Evt21State& state) noexcept {
  return read_columns(bytes, words, out, state);
}

}  // namespace evarrow::kernels

#endif
