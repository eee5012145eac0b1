// SPDX-License-Identifier: Apache-2.0
#include "kernels/text.h"

#include "kernels/dispatch.h"

namespace evarrow::kernels {

TextKernel text_kernel() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return text_avx512;
    case InstructionSet::kAvx2:
      return text_avx2;
    case InstructionSet::kSse4:
      return text_sse4;
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

TextCounter text_counter() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return text_count_avx512;
    case InstructionSet::kAvx2:
      return text_count_avx2;
    case InstructionSet::kSse4:
      return text_count_sse4;
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

}  // namespace evarrow::kernels
