// SPDX-License-Identifier: Apache-2.0
#include "evarrow/new_file.h"

#include <cerrno>
#include <utility>

#include "evarrow/error.h"
#include "io/os_output.h"

namespace evarrow {

struct NewFile::State {
  Output output;
};

NewFile::NewFile(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
NewFile::~NewFile() = default;
NewFile::NewFile(NewFile&&) noexcept = default;
NewFile& NewFile::operator=(NewFile&&) noexcept = default;

NewFile NewFile::create(const std::filesystem::path& path, bool overwrite) {
  auto state = std::make_unique<State>(State{Output::create(path, overwrite)});
  // What is neither a file nor a folder is written to directly, and has no temporary name.
  if (state->output.temporary().empty()) throw_system_error("write", path.string(), ESPIPE);
  return NewFile(std::move(state));
}

const std::filesystem::path& NewFile::temporary() const noexcept {
  return state_->output.temporary();
}

void NewFile::publish() { state_->output.publish(); }

}  // namespace evarrow
