// SPDX-License-Identifier: Apache-2.0
// Writing text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "evarrow/format.h"

namespace evarrow::csv {

inline constexpr std::string_view kEncodeOptions[] = {"unit", "separator", "columns", "header"};

// How lines look.
struct Style {
  int time_power = 0;  // of ten, from what the times count to microseconds
  char separator = ',';
  std::string columns = "txyp";
  std::string header = "sizes";  // "sizes", "names", "comment" or "none"
};

// Throws Error(kArgument) where an option has a value that means nothing.
Style style_of(const EncodeOptions& options);

std::string write_header(const Header& header, const EncodeOptions& options);
std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::csv
