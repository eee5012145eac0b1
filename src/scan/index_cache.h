// SPDX-License-Identifier: Apache-2.0
// Indexes that were made before: in this process, in the user's cache folder, beside the file.
#pragma once

#include <filesystem>
#include <memory>

#include "scan/index.h"
#include "scan/shared.h"

namespace evarrow {

// The index of the recording where one is kept and still true, or null.
std::shared_ptr<const Index> find_index(const Recording::Shared& shared);

// Keeps `index` as the recording's options want it. A folder that cannot be written is no error.
void keep_index(const Recording::Shared& shared, const std::shared_ptr<const Index>& index);

// Where `policy` keeps the index file of the recording; empty where it keeps none.
std::filesystem::path index_path(const Recording::Shared& shared);

}  // namespace evarrow
