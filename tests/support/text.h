// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "evarrow/event.h"

namespace evarrow::test {

// The bytes of a text, which must outlive them.
inline Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace evarrow::test
