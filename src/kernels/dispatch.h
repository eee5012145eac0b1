// SPDX-License-Identifier: Apache-2.0
// Which instruction set the loops may use: decided at run time, never by compiler flags.
#pragma once

#include <cstdint>
#include <string_view>

#if defined(__x86_64__)
#define EVARROW_X86 1
#define EVARROW_TARGET_SSE4 __attribute__((target("sse4.2,popcnt")))
#define EVARROW_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define EVARROW_TARGET_AVX512                                          \
  __attribute__((                                                      \
      target("avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx512vbmi," \
             "avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt")))
#endif

namespace evarrow::kernels {

enum class InstructionSet : uint8_t { kScalar, kSse4, kAvx2, kAvx512 };

// What this machine has, lowered by the environment variable EVARROW_TARGET (scalar, sse4, avx2,
// avx512), which is looked at on each call.
InstructionSet instruction_set_level() noexcept;
std::string_view name_of(InstructionSet level) noexcept;

}  // namespace evarrow::kernels
