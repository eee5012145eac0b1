// SPDX-License-Identifier: Apache-2.0
// Where bytes come from: a mapped file, a file read in pieces, memory, or a pipe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/recording.h"

namespace evarrow {

// Which file it is, so that a change is noticed.
struct FileKey {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;

  bool operator==(const FileKey&) const = default;
};

// Memory that a source which cannot point at its bytes reads them into; one a thread.
using Scratch = std::vector<std::byte>;

class Source {
 public:
  virtual ~Source() = default;

  // The bytes from `offset` on, `size` of them or as many as there are before the end. Valid until
  // the next call with the same scratch, of a sequential source until the next call. Threads may
  // call it at once, each with its own scratch, unless sequential(). Throws Error(kSystem), and
  // Error(kChanged) if the file is shorter than it was; a sequential source waits for the bytes and
  // throws Error(kArgument) for those that it gave away before.
  virtual Bytes read(uint64_t offset, size_t size, Scratch& scratch) = 0;

  // Whether the bytes come once, front to back, and their number is not known.
  virtual bool sequential() const noexcept { return false; }

  // Whether read() copies the bytes into the scratch, which another thread can do meanwhile.
  virtual bool copies() const noexcept { return false; }

  // Of the whole file; 0 if sequential.
  virtual uint64_t size() const noexcept = 0;

  // Says that [begin, end) is not needed again by this pass: its pages need not stay in memory.
  // For a sequential source, everything before `end` is given away.
  virtual void drop(uint64_t begin, uint64_t end) noexcept = 0;

  // Throws as read() does if bytes before `end`, which it gave, can no longer be touched. To be
  // called before each piece of them, since a file can shrink at any time.
  virtual void check(uint64_t /*end*/) {}

  // The byte of the file that the one at `offset` comes from; nothing if there is no such one.
  virtual std::optional<uint64_t> byte_in_file(uint64_t offset) const noexcept { return offset; }

  // Of the file as it was opened; all zero for memory and pipes.
  const FileKey& key() const noexcept { return key_; }

 protected:
  FileKey key_;
};

// Throws Error(kSystem) with the errno: not there, a directory, no permission.
std::shared_ptr<Source> open_file(const std::filesystem::path& path, Io io);
// The descriptor is duplicated; a pipe, socket or terminal gives a sequential source. A file is
// read from its first byte, wherever the descriptor stands, and leaves it there.
std::shared_ptr<Source> open_descriptor(int descriptor, const std::string& name, Io io);
std::shared_ptr<Source> open_memory(Bytes bytes, std::shared_ptr<const void> keep_alive);

// The key of the file that `path` names now. Throws Error(kSystem).
FileKey file_key(const std::filesystem::path& path);

}  // namespace evarrow
