// SPDX-License-Identifier: Apache-2.0
// From an open file to a recording: which format it has, what its header says, where its rows are.
#pragma once

#include <memory>
#include <string>

#include "scan/shared.h"

namespace evarrow {

// What all ways to open a recording end with. Throws Error(kFormat) if it is none, Error(kArgument)
// for options that make no sense.
std::shared_ptr<Recording::Shared> open_shared(std::string path, bool named_file,
                                               std::shared_ptr<Source> source, Options options);

// The same open file read with other options.
std::unique_ptr<Recording::Shared> copy_of(const Recording::Shared& shared, const Options& options);

}  // namespace evarrow
