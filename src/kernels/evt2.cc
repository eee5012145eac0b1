// SPDX-License-Identifier: Apache-2.0
#include "kernels/evt2.h"

#include "kernels/dispatch.h"

namespace evarrow::kernels {

Evt2Kernel evt2_kernel() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return evt2_avx512;
    case InstructionSet::kAvx2:
      return evt2_avx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

Evt2Counter evt2_counter() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return evt2_count_avx512;
    case InstructionSet::kAvx2:
      return evt2_count_avx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

}  // namespace evarrow::kernels
