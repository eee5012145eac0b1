// SPDX-License-Identifier: Apache-2.0
// What there is to work with.
#pragma once

#include <string_view>

namespace evarrow {

// The number of threads that `threads` of any options means here.
int thread_count(int threads) noexcept;

// "scalar", "sse4", "avx2" or "avx512": what this machine has or EVARROW_TARGET asks for.
std::string_view instruction_set() noexcept;

}  // namespace evarrow
