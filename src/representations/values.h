// SPDX-License-Identifier: Apache-2.0
// Values of arrays in other types.
#pragma once

#include <cstddef>

#include "evarrow/representation.h"

namespace evarrow {

// Whether values of type `from` may be put into an array of type `to`: not fractions into whole
// numbers.
bool converts(ValueType from, ValueType to) noexcept;

// Puts n values into other memory. Whole numbers that do not fit become the nearest that does, or
// wrap.
void convert_values(const std::byte* from, ValueType from_type, std::byte* to, ValueType to_type,
                    size_t n, bool wraps) noexcept;

}  // namespace evarrow
