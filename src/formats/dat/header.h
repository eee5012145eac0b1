// SPDX-License-Identifier: Apache-2.0
// The header of DAT files: lines of text, and two bytes that say what the records are.
#pragma once

#include <string>

#include "evarrow/format.h"

namespace evarrow::dat {

// For Format.
bool matches(Bytes head) noexcept;
bool could_be(Bytes head) noexcept;  // without a header
Header read_header(Bytes head, bool trust_geometry);
std::string write_header(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::dat
