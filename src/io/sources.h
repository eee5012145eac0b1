// SPDX-License-Identifier: Apache-2.0
// The kinds of source, for those that open one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "io/os_file.h"
#include "io/source.h"

namespace evarrow {

// [offset, offset + size) as far as there is such a part.
inline Bytes part_of(Bytes all, uint64_t offset, size_t size) noexcept {
  if (offset >= all.size()) return {};
  return all.subspan(offset, std::min<uint64_t>(size, all.size() - offset));
}

// Null where the system cannot map the file; errno says why.
std::shared_ptr<Source> make_mapped_source(Descriptor& file, const std::string& name,
                                           const FileKey& key);
std::shared_ptr<Source> make_file_source(Descriptor file, const std::string& name,
                                         const FileKey& key);
std::shared_ptr<Source> make_pipe_source(Descriptor pipe, const std::string& name);

}  // namespace evarrow
