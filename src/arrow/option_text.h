// SPDX-License-Identifier: Apache-2.0
// "key=value;key=value" as the options of a recording and of a scan. All throw Error(kArgument).
#pragma once

#include <string_view>

#include "evarrow/recording.h"
#include "evarrow/scan.h"

namespace evarrow {

Options parse_options(std::string_view text);

// Puts what `text` says into `scan`.
void parse_scan(std::string_view text, Scan& scan);

}  // namespace evarrow
