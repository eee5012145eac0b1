// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "kernels/cells.h"
#include "kernels/dispatch.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#define EVARROW_LOOP_TARGET EVARROW_TARGET_AVX512
#define EVARROW_LOOP_INLINE EVARROW_TARGET_AVX512 inline __attribute__((always_inline))
#include "kernels/cells_loops.h"

}  // namespace

const CellLoops kCellLoopsAvx512 = {cells,      shares,           exact_shares,
                                    add_second, add_exact_second, all_within};

}  // namespace evarrow::kernels

#endif
