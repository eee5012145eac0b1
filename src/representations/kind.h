// SPDX-License-Identifier: Apache-2.0
// What the makers of representations have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "evarrow/representation.h"

namespace evarrow {

inline size_t cells_of(Resolution resolution) noexcept {
  return static_cast<size_t>(resolution.width) * static_cast<size_t>(resolution.height);
}

// 1 for ON, 0 for OFF. Which of them comes next cannot be foretold, so there is no branch.
inline size_t is_on(int8_t polarity) noexcept {
  return static_cast<uint32_t>(-int32_t{polarity}) >> 31;
}
// 1 for ON, -1 for OFF.
inline int sign_of(int8_t polarity) noexcept { return 2 * static_cast<int>(is_on(polarity)) - 1; }

// Arrays of shape (leading..., height, width), made by a T that is made of `arguments`.
template <typename T, typename... Arguments>
Representation kind_of(Resolution resolution, std::vector<size_t> leading, ValueType type,
                       const Arguments&... arguments) {
  Representation what;
  what.resolution = resolution;
  what.shape = std::move(leading);
  what.shape.push_back(static_cast<size_t>(resolution.height));
  what.shape.push_back(static_cast<size_t>(resolution.width));
  what.type = type;
  what.make = [=]() -> std::unique_ptr<Accumulator> { return std::make_unique<T>(arguments...); };
  return what;
}

}  // namespace evarrow
