// SPDX-License-Identifier: Apache-2.0
// The text header of Prophesee RAW files, shared by the EVT formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow::prophesee {

// The encoding that a header names, in the words of the header ("EVT3", "EVT21", "HISTO3D"); empty
// if `head` does not begin with a RAW header or the header does not tell.
std::string encoding_of(Bytes head);

// Whether `head` begins with a RAW header, whatever that says of the words.
bool is_raw(Bytes head);

// Whether `head` begins with a header of this encoding. For Format::matches.
bool matches(Bytes head, std::string_view encoding) noexcept;

// For Format::read_header. `encoding` is what the words are taken for, whatever the header says.
Header read_header(Bytes head, bool trust_geometry, std::string_view encoding);

// The header of a file in `encoding` ("EVT2", "EVT21", "EVT3"): the lines of `header` that still
// hold, and those that say how to read the words. `legacy` word order is for EVT21 alone.
std::string write_header(const Header& header, std::string_view encoding);

}  // namespace evarrow::prophesee
