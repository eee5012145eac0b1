// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

std::vector<const TimeLoops*> all_loops() {
  std::vector<const TimeLoops*> all = {&kTimeLoopsScalar};
#ifdef EVARROW_X86
  if (instruction_set_level() >= InstructionSet::kAvx2) all.push_back(&kTimeLoopsAvx2);
  if (instruction_set_level() >= InstructionSet::kAvx512) all.push_back(&kTimeLoopsAvx512);
#endif
  return all;
}

TEST_CASE("rows: the first descent is found wherever it is") {
  for (size_t n = 0; n < 110; ++n) {
    std::vector<int64_t> t(n);
    for (size_t i = 0; i < n; ++i) t[i] = static_cast<int64_t>(i / 3);
    for (const TimeLoops* loops : all_loops()) CHECK(loops->first_descent(t.data(), n) == n);
    for (size_t at = 1; at < n; ++at) {
      auto with_step = t;
      with_step[at] = with_step[at - 1] - 1;
      for (const TimeLoops* loops : all_loops()) {
        CHECK(loops->first_descent(with_step.data(), n) == at);
      }
    }
  }
}

TEST_CASE("rows: a range widens to all times, and to none") {
  std::mt19937 random(2);
  for (size_t n = 0; n < 40; ++n) {
    std::vector<int64_t> t(n);
    for (int64_t& value : t) value = (static_cast<int64_t>(random()) << 20) - (int64_t{1} << 51);
    int64_t low = INT64_MAX;
    int64_t high = INT64_MIN;
    for (const int64_t value : t) {
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    for (const TimeLoops* loops : all_loops()) {
      int64_t t_min = INT64_MAX;
      int64_t t_max = INT64_MIN;
      loops->widen_range(t.data(), n, t_min, t_max);
      CHECK(t_min == low);
      CHECK(t_max == high);
      t_min = INT64_MIN;
      t_max = INT64_MAX;
      loops->widen_range(t.data(), n, t_min, t_max);
      CHECK(t_min == INT64_MIN);
      CHECK(t_max == INT64_MAX);
    }
  }
}

}  // namespace
}  // namespace evarrow::kernels
