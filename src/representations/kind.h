// SPDX-License-Identifier: Apache-2.0
// What the makers of representations have in common.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "evarrow/representation.h"

namespace evarrow {

inline size_t cells_of(Resolution resolution) noexcept {
  return static_cast<size_t>(resolution.width) * static_cast<size_t>(resolution.height);
}

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
