// SPDX-License-Identifier: Apache-2.0
// Values of arrays in other types.
#pragma once

#include <cstddef>

#include "evarrow/representation.h"

namespace evarrow {

// Whether values of type `from` may be put into an array of type `to`: not fractions into whole
// numbers.
bool converts(ValueType from, ValueType to) noexcept;

// Puts n values into other memory. Whole numbers wrap where they do not fit.
void convert_values(const std::byte* from, ValueType from_type, std::byte* to, ValueType to_type,
                    size_t n) noexcept;

}  // namespace evarrow
