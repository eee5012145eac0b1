// SPDX-License-Identifier: Apache-2.0
#include "kernels/dat.h"

#include <algorithm>
#include <cstring>

#include "kernels/clock32.h"
#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

uint64_t load(const std::byte* bytes, size_t i) noexcept {
  uint64_t word;
  std::memcpy(&word, bytes + i * sizeof(word), sizeof(word));
  return word;
}

// Whether a kernel stops in front of the record.
bool is_for_caller(const DatState& state, uint32_t last, uint32_t t, uint32_t x, uint32_t y) {
  return starts_over(last, t) || x >= state.width || y >= state.height;
}

}  // namespace

size_t dat_plain(const std::byte* bytes, size_t words, Columns& out, DatState& state) noexcept {
  const DatFields fields = state.fields;
  const size_t end = std::min(words, out.room());
  uint32_t last = state.last;
  size_t i = 0;
  for (; i < end; ++i) {
    const uint64_t word = load(bytes, i);
    const auto t = static_cast<uint32_t>(word);
    const auto rest = static_cast<uint32_t>(word >> 32);
    const uint32_t x = rest & fields.x_mask;
    const uint32_t y = rest >> fields.y_shift & fields.y_mask;
    if (is_for_caller(state, last, t, x, y)) break;
    last = t;
    const uint32_t on = (rest >> fields.on_shift & fields.on_mask) != 0 ? 1 : 0;
    out.put(static_cast<int16_t>(x), static_cast<int16_t>(y), state.epoch + t,
            polarity_of(on, state.off));
  }
  state.last = last;
  return i;
}

size_t dat_count_plain(const std::byte* bytes, size_t words, DatState& state,
                       Count& count) noexcept {
  const DatFields fields = state.fields;
  uint32_t last = state.last;
  uint32_t least = UINT32_MAX;
  uint32_t greatest = 0;
  size_t i = 0;
  for (; i < words; ++i) {
    const uint64_t word = load(bytes, i);
    const auto t = static_cast<uint32_t>(word);
    const auto rest = static_cast<uint32_t>(word >> 32);
    if (is_for_caller(state, last, t, rest & fields.x_mask,
                      rest >> fields.y_shift & fields.y_mask)) {
      break;
    }
    last = t;
    least = std::min(least, t);
    greatest = std::max(greatest, t);
  }
  state.last = last;
  count.add(i, state.epoch, least, greatest);
  return i;
}

DatKernel dat_kernel() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return dat_avx512;
    case InstructionSet::kAvx2:
      return dat_avx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return dat_plain;
}

DatCounter dat_counter() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return dat_count_avx512;
    case InstructionSet::kAvx2:
      return dat_count_avx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return dat_count_plain;
}

}  // namespace evarrow::kernels
