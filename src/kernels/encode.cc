// SPDX-License-Identifier: Apache-2.0
#include "kernels/encode.h"

#include "kernels/dispatch.h"

namespace evarrow::kernels {

EncodeKernels encode_kernels() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return kEncodeAvx512;
    case InstructionSet::kAvx2:
      return kEncodeAvx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return {};
}

}  // namespace evarrow::kernels
