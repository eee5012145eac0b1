// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

size_t first_descent(const int64_t* t, size_t n) noexcept {
  size_t i = 1;
  // Sixteen at a time without a branch between them: a descent is rare.
  for (; i + 16 <= n; i += 16) {
    unsigned descents = 0;
    for (size_t j = i; j < i + 16; ++j) descents += t[j] < t[j - 1] ? 1U : 0U;
    if (descents != 0) break;
  }
  for (; i < n; ++i) {
    if (t[i] < t[i - 1]) return i;
  }
  return n;
}

void widen_range(const int64_t* t, size_t n, int64_t& t_min, int64_t& t_max) noexcept {
  // Four of each, so that one comparison need not wait for the one before it.
  int64_t low[4] = {t_min, t_min, t_min, t_min};
  int64_t high[4] = {t_max, t_max, t_max, t_max};
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      low[lane] = t[i + lane] < low[lane] ? t[i + lane] : low[lane];
      high[lane] = t[i + lane] > high[lane] ? t[i + lane] : high[lane];
    }
  }
  for (; i < n; ++i) {
    low[0] = t[i] < low[0] ? t[i] : low[0];
    high[0] = t[i] > high[0] ? t[i] : high[0];
  }
  for (size_t lane = 0; lane < 4; ++lane) {
    t_min = low[lane] < t_min ? low[lane] : t_min;
    t_max = high[lane] > t_max ? high[lane] : t_max;
  }
}

}  // namespace

constinit const TimeLoops kTimeLoopsScalar = {.first_descent = first_descent,
                                              .widen_range = widen_range};

const TimeLoops& time_loops() noexcept {
#ifdef EVARROW_X86
  switch (instruction_set_level()) {
    case InstructionSet::kAvx512:
      return kTimeLoopsAvx512;
    case InstructionSet::kAvx2:
      return kTimeLoopsAvx2;
    case InstructionSet::kSse4:
    case InstructionSet::kScalar:
      break;
  }
#endif
  return kTimeLoopsScalar;
}

}  // namespace evarrow::kernels
