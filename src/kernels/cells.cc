// SPDX-License-Identifier: Apache-2.0
#include "kernels/cells.h"

#include <bit>

#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

#define EVARROW_LOOP_TARGET
#define EVARROW_LOOP_INLINE inline
#include "kernels/cells_loops.h"

}  // namespace

const CellLoops kCellLoopsScalar = {cells,      shares,           exact_shares,
                                    add_second, add_exact_second, all_within};

const CellLoops& cell_loops() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return kCellLoopsAvx512;
    case InstructionSet::kAvx2:
      return kCellLoopsAvx2;
    default:
      break;
  }
#endif
  return kCellLoopsScalar;
}

}  // namespace evarrow::kernels
