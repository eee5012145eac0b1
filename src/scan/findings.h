// SPDX-License-Identifier: Apache-2.0
// Faults in words.
#pragma once

#include <string>
#include <vector>

#include "evarrow/format.h"
#include "evarrow/recording.h"

namespace evarrow {

// The sentences a user should hear about after a pass, by kind of fault.
std::vector<std::string> warnings_of(const Faults& faults, const Recording& recording);

// What was met of one kind, with notes that no reader is warned of.
std::string finding(FaultKind kind, const Fault& fault, const Recording& recording);

// What was lost on the way to the words or rows, when the recording was opened.
std::vector<std::string> losses_of(const Recording& recording);

}  // namespace evarrow
