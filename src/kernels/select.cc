// SPDX-License-Identifier: Apache-2.0
#include "kernels/select.h"

#include "kernels/dispatch.h"
#include "kernels/select_row.h"

namespace evarrow::kernels {
namespace {

#define EVARROW_SELECT_TARGET

// One column at a time over flags that the compiler's own vectors can make.
template <typename Within>
uint64_t bits_where(Within within) {
  uint8_t flags[kWordRows];
  for (size_t i = 0; i < kWordRows; ++i) flags[i] = static_cast<uint8_t>(within(i));
  uint64_t bits = 0;
  for (size_t i = 0; i < kWordRows; ++i) bits |= static_cast<uint64_t>(flags[i]) << i;
  return bits;
}

uint64_t t_bits(const Box& box, size_t i) {
  return bits_where([&](size_t row) { return is_time_in_box(box, i + row); });
}
uint64_t x_bits(const Box& box, size_t i) {
  return bits_where([&](size_t row) { return is_x_in_box(box, i + row); });
}
uint64_t y_bits(const Box& box, size_t i) {
  return bits_where([&](size_t row) { return is_y_in_box(box, i + row); });
}
uint64_t polarity_bits(const Box& box, size_t i) {
  return bits_where([&](size_t row) { return is_polarity_in_box(box, i + row); });
}

template <typename T>
void compact_word(T* to, const T* from, uint64_t bits) {
  for (; bits != 0; bits &= bits - 1) *to++ = from[std::countr_zero(bits)];
}

#include "kernels/select_words.h"

}  // namespace

constinit const Selector kSelectorScalar = {.box = select_box,
                                            .values8 = compact<int8_t>,
                                            .values16 = compact<int16_t>,
                                            .values32 = compact<int32_t>,
                                            .values64 = compact<int64_t>};

const Selector& selector() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return kSelectorAvx512;
    case InstructionSet::kAvx2:
      return kSelectorAvx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return kSelectorScalar;
}

}  // namespace evarrow::kernels
