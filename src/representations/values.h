// SPDX-License-Identifier: Apache-2.0
// Values of arrays in other types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evarrow/representation.h"

namespace evarrow {

// What `visit` makes of a 0 of that type.
template <typename Visit>
auto with_type(ValueType type, Visit visit) {
  switch (type) {
    case ValueType::kU8:
      return visit(uint8_t{});
    case ValueType::kI8:
      return visit(int8_t{});
    case ValueType::kU16:
      return visit(uint16_t{});
    case ValueType::kI16:
      return visit(int16_t{});
    case ValueType::kU32:
      return visit(uint32_t{});
    case ValueType::kI32:
      return visit(int32_t{});
    case ValueType::kU64:
      return visit(uint64_t{});
    case ValueType::kI64:
      return visit(int64_t{});
    case ValueType::kF32:
      return visit(float{});
    case ValueType::kF64:
      break;
  }
  return visit(double{});
}

// Whether values of type `from` may be put into an array of type `to`: not fractions into whole
// numbers.
bool converts(ValueType from, ValueType to) noexcept;

// Puts n values into other memory. Whole numbers that do not fit become the nearest that does, or
// wrap.
void convert_values(const std::byte* from, ValueType from_type, std::byte* to, ValueType to_type,
                    size_t n, bool wraps) noexcept;

}  // namespace evarrow
