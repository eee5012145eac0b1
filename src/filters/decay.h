// SPDX-License-Identifier: Apache-2.0
// Decay out of exactly rounded operations only: the C library's powers differ in the last bits from
// one machine to the next.
#pragma once

#include <cmath>
#include <numbers>

namespace evarrow {

// 2^-halvings, for 0 or more.
inline double power_of_half(double halvings) noexcept {
  if (halvings > 1000) return 0;
  const double whole = std::floor(halvings);
  // exp(-z) with 0 <= z < ln 2: the series ends below the last bit.
  const double z = (halvings - whole) * std::numbers::ln2;
  double sum = 1;
  for (int i = 17; i >= 1; --i) sum = 1 - sum * z / i;
  return std::ldexp(sum, -static_cast<int>(whole));
}

// e^-x, for 0 or more.
inline double decay(double x) noexcept { return power_of_half(x * std::numbers::log2e); }

}  // namespace evarrow
