// SPDX-License-Identifier: Apache-2.0
// Files that appear under their name only once they are complete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "evarrow/event.h"
#include "io/os_file.h"

namespace evarrow {

// Where bytes are written: a new file, or a descriptor that takes them as they come.
class Output {
 public:
  // A temporary file beside `path`, for the first call of write(). Symbolic links are followed;
  // what is neither a file nor a directory (a named pipe, a device) is written to directly. Throws
  // Error(kArgument) if there is a file and `overwrite` is not set, else Error(kSystem).
  static Output create(const std::filesystem::path& path, bool overwrite);
  // The descriptor is duplicated.
  static Output to_descriptor(int descriptor, const std::string& name);

  ~Output();  // a file that was not published goes away
  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) noexcept;

  void write(Bytes bytes) { write_all(descriptor_.get(), bytes, name_); }

  // Whether bytes that were written can be written again: in files, unless opened for appending.
  bool can_patch() const noexcept { return can_patch_; }
  // `offset` is counted from the first byte that was written.
  void write_at(uint64_t offset, Bytes bytes) {
    write_all_at(descriptor_.get(), begin_ + offset, bytes, name_);
  }

  // Gives the file its name, which it keeps even if the machine stops right after. A descriptor is
  // let go. Throws Error; then the file is not there, or is still the old one.
  void publish();
  // The same without waiting for the disk: after a crash of the machine the file may be empty.
  void publish_unsynced();

  const std::string& name() const noexcept { return name_; }
  // Where it is written until then; empty where there is no such file.
  const std::filesystem::path& temporary() const noexcept { return temporary_; }

 private:
  Output() = default;
  void open_temporary();
  void find_begin() noexcept;
  void give_name();

  std::string name_;  // for messages
  Descriptor descriptor_;
  std::filesystem::path target_;     // empty for a descriptor
  std::filesystem::path temporary_;  // empty if there is none to remove
  uint64_t begin_ = 0;               // where in a file the first byte goes
  bool can_patch_ = false;
  bool overwrite_ = false;
  uint64_t process_ = 0;  // a forked child does not remove its parent's file
};

}  // namespace evarrow
