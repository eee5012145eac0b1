// SPDX-License-Identifier: Apache-2.0
// AEDAT 1, 2 and 3: records and packets of jAER and cAER. README.md has the layout.
#pragma once

#include <string>
#include <string_view>

#include "evarrow/format.h"

namespace evarrow::aedat {

extern const Format kAedat1;
extern const Format kAedat2;
extern const Format kAedat3;

// Header::layout of AEDAT 1 and 2: which bits of an address are what.
inline constexpr std::string_view kDvs128 = "dvs128";
inline constexpr std::string_view kDavis = "davis";
// Header::layout of AEDAT 3: its minor version.
inline constexpr std::string_view kVersion30 = "3.0";
inline constexpr std::string_view kVersion31 = "3.1";

Header read_jaer_header(Bytes head, bool trust_geometry);
Header read_caer_header(Bytes head, bool trust_geometry);

// Whether a file begins with "#!AER-DAT" and this digit, or with what there was before that line.
bool is_version(Bytes head, char major) noexcept;

// Where records begin behind comments in which no version is named; the end of `head` if one is.
size_t end_of_comments(Bytes head) noexcept;

}  // namespace evarrow::aedat
