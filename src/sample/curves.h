// SPDX-License-Identifier: Apache-2.0
// Sine and logarithm out of exactly rounded operations only: the C library's differ in the last
// bits from one system to the next.
#pragma once

#include <numbers>

namespace evarrow::sample {

// The sine of an angle in turns, 0 to 2.
constexpr double sine(double turns) noexcept {
  if (turns >= 1.0) turns -= 1.0;
  if (turns > 0.75) {
    turns -= 1.0;
  } else if (turns > 0.25) {
    turns = 0.5 - turns;
  }
  const double angle = turns * 6.283185307179586;
  const double square = angle * angle;
  double sum = 0.0;
  for (int i = 15; i >= 3; i -= 2) sum = (1.0 - sum) * square / (i * (i - 1));
  return angle * (1.0 - sum);
}

constexpr double cosine(double turns) noexcept { return sine(turns + 0.25); }

// The natural logarithm of a number above 0 and up to 1.
constexpr double logarithm(double number) noexcept {
  int halvings = 0;
  while (number < 0.5) {
    number *= 2.0;
    ++halvings;
  }
  const double z = (number - 1.0) / (number + 1.0);
  const double square = z * z;
  double sum = 0.0;
  for (int i = 11; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return 2.0 * z * sum - halvings * std::numbers::ln2;
}

}  // namespace evarrow::sample
