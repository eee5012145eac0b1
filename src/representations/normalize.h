// SPDX-License-Identifier: Apache-2.0
// The values of a grid that are not 0, moved to mean 0 and a standard deviation of 1.
#pragma once

#include <cmath>
#include <cstddef>

#include "evarrow/representations.h"

namespace evarrow {

template <typename T>
void normalize(T* values, size_t n, Normalize how) noexcept {
  if (how == Normalize::kNone) return;
  double sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    sum += static_cast<double>(values[i]);
    count += values[i] != 0 ? 1 : 0;
  }
  if (count == 0) return;
  const double mean = sum / static_cast<double>(count);
  double squares = 0;
  for (size_t i = 0; i < n; ++i) {
    const double distance = static_cast<double>(values[i]) - mean;
    if (values[i] != 0) squares += distance * distance;
  }
  // E2VID divides by the number, DSEC by one less.
  const size_t divisor = how == Normalize::kE2vid ? count : count - 1;
  const double deviation = divisor == 0 ? 0 : std::sqrt(squares / static_cast<double>(divisor));
  const double scale = deviation > 0 ? deviation : 1;
  for (size_t i = 0; i < n; ++i) {
    if (values[i] != 0) values[i] = static_cast<T>((static_cast<double>(values[i]) - mean) / scale);
  }
}

}  // namespace evarrow
