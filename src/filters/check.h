// SPDX-License-Identifier: Apache-2.0
// Options that make no sense.
#pragma once

#include <cstdint>
#include <string_view>

namespace evarrow {

// Throws Error(kArgument) unless `span`, which is called `name`, is `least` us or more, and so
// short that it can be taken from any time that a recording has.
void check_span(int64_t span, std::string_view name, int64_t least = 1);

// Throws Error(kArgument) unless least <= value <= most.
void check_range(int64_t value, std::string_view name, int64_t least, int64_t most);

}  // namespace evarrow
