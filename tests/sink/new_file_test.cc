// SPDX-License-Identifier: Apache-2.0
#include "evarrow/new_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "evarrow/error.h"
#include "io/errors.h"
#include "io/temporary_folder.h"

namespace evarrow {
namespace {

using test::error_of;
using test::TemporaryFolder;

}  // namespace

TEST_CASE("new file: what another library wrote gets its name") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "out.h5";
  NewFile file = NewFile::create(path);
  std::ofstream(file.temporary()) << "content";
  CHECK_FALSE(std::filesystem::exists(path));
  file.publish();
  CHECK(std::filesystem::file_size(path) == 7);
  CHECK(folder.names().size() == 1);
  CHECK_THROWS_AS(NewFile::create(path), Error);
  {
    const NewFile abandoned = NewFile::create(path, true);
  }
  CHECK(std::filesystem::file_size(path) == 7);
  CHECK(folder.names().size() == 1);
}

TEST_CASE("new file: a pipe and a folder are none") {
  const TemporaryFolder folder;
  const std::filesystem::path pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  // Opened for writing, a pipe without a reader would wait for one.
  std::fstream reader(pipe, std::ios::in | std::ios::out);
  const auto of_pipe = error_of([&] { NewFile::create(pipe, true); });
  const auto of_folder = error_of([&] { NewFile::create(folder.path(), true); });
  CHECK(of_pipe.value().os_error() == ESPIPE);
  CHECK(of_folder.value().os_error() == EISDIR);
}

}  // namespace evarrow
