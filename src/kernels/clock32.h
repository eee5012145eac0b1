// SPDX-License-Identifier: Apache-2.0
// When a clock of 32 bits starts over.
#pragma once

#include <cstdint>

namespace evarrow::kernels {

// A step back by more than half the range.
constexpr bool starts_over(uint32_t last, uint32_t now) noexcept {
  return last > now && last - now > uint32_t{1} << 31;
}

}  // namespace evarrow::kernels
