// SPDX-License-Identifier: Apache-2.0
#include "io/source.h"

#include <cerrno>
#include <utility>

#include "io/os_file.h"
#include "io/sources.h"

namespace evarrow {
namespace {

std::shared_ptr<Source> open_opened(Descriptor file, const std::string& name, Io io) {
  const FileStatus status = status_of(file.get(), name);
  if (status.kind == FileKind::kDirectory) throw_system_error("open", name, EISDIR);
  if (status.kind == FileKind::kStream) return make_pipe_source(std::move(file), name);
  // By default files are read in blocks: copying one into the processor's cache costs less than
  // the faults of mapped pages. An empty file has nothing to map.
  if (io == Io::kMmap && status.key.size != 0) {
    if (auto mapped = make_mapped_source(file, name, status.key)) return mapped;
    throw_system_error("map", name, errno);
  }
  return make_file_source(std::move(file), name, status.key);
}

}  // namespace

std::shared_ptr<Source> open_file(const std::filesystem::path& path, Io io) {
  return open_opened(open_for_reading(path), path.string(), io);
}

std::shared_ptr<Source> open_descriptor(int descriptor, const std::string& name, Io io) {
  return open_opened(duplicate_for_reading(descriptor, name), name, io);
}

}  // namespace evarrow
