// SPDX-License-Identifier: Apache-2.0
#include "kernels/dispatch.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "evarrow/scan.h"

namespace evarrow {
namespace kernels {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"scalar", "sse4", "avx2", "avx512"};

InstructionSet machine_level() noexcept {
#ifdef EVARROW_X86
  // The compiler's own detection also asks whether the system saves the wide registers.
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
                      __builtin_cpu_supports("avx512vbmi2");
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2");
  if (avx2 && avx512) return InstructionSet::kAvx512;
  if (avx2) return InstructionSet::kAvx2;
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) {
    return InstructionSet::kSse4;
  }
#endif
  return InstructionSet::kScalar;
}

}  // namespace

InstructionSet instruction_set_level() noexcept {
  static const InstructionSet machine = machine_level();
  const char* wanted = std::getenv("EVARROW_TARGET");
  if (wanted == nullptr) return machine;
  const auto name = std::ranges::find(kNames, std::string_view(wanted));
  if (name == kNames.end()) return machine;
  return std::min(machine, static_cast<InstructionSet>(name - kNames.begin()));
}

std::string_view name_of(InstructionSet level) noexcept {
  return kNames[static_cast<size_t>(level)];
}

}  // namespace kernels

std::string_view instruction_set() noexcept {
  return kernels::name_of(kernels::instruction_set_level());
}

}  // namespace evarrow
