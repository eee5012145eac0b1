// SPDX-License-Identifier: Apache-2.0
// A file that another library writes, which appears under its name only once it is complete.
#pragma once

#include <filesystem>
#include <memory>

namespace evarrow {

class NewFile {
 public:
  // Makes an empty temporary file beside `path`. Throws Error: kArgument if `path` is there and
  // `overwrite` is not set, kSystem if `path` is there and no plain file (a folder, a device, a
  // pipe), or from the operating system.
  static NewFile create(const std::filesystem::path& path, bool overwrite = false);

  ~NewFile();  // without publish(): the temporary file is removed
  NewFile(NewFile&&) noexcept;
  NewFile& operator=(NewFile&&) noexcept;

  // Where to write. The file is to be opened there, not replaced.
  const std::filesystem::path& temporary() const noexcept;

  // Syncs what was written, by whomever, and gives it its name. Throws Error.
  void publish();

 private:
  struct State;
  explicit NewFile(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
