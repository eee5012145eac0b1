// SPDX-License-Identifier: Apache-2.0
// The streams a pass can give.
#pragma once

#include <string_view>

#include "evarrow/stream.h"

namespace evarrow {

// Throws Error(kArgument) that lists the streams of `format` if it has no such stream.
const Stream& find_stream(const Format& format, std::string_view name);

constexpr uint32_t column_bit(size_t column) noexcept {
  return column == kNoColumn ? 0 : uint32_t{1} << column;
}

}  // namespace evarrow
