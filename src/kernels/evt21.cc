// SPDX-License-Identifier: Apache-2.0
#include "kernels/evt21.h"

#include "kernels/dispatch.h"

namespace evarrow::kernels {

Evt21Kernel evt21_kernel() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return evt21_avx512;
    case InstructionSet::kAvx2:
    case InstructionSet::kSse4:
      return evt21_sse4;
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

Evt21Counter evt21_counter() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return evt21_count_avx512;
    case InstructionSet::kAvx2:
    case InstructionSet::kSse4:
      return evt21_count_sse4;
    case InstructionSet::kScalar:
      break;
  }
#endif
  return nullptr;
}

}  // namespace evarrow::kernels
