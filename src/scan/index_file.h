// SPDX-License-Identifier: Apache-2.0
// An index as a file: verified against the recording it belongs to before it is believed.
#pragma once

#include <filesystem>
#include <memory>

#include "scan/index.h"
#include "scan/shared.h"

namespace evarrow {

// Throws Error(kSystem).
void write_index_file(const std::filesystem::path& path, const Recording::Shared& shared,
                      const Index& index);

// Null if there is none, or it is damaged, of another version, or of another recording.
std::shared_ptr<const Index> read_index_file(const std::filesystem::path& path,
                                             const Recording::Shared& shared);

}  // namespace evarrow
