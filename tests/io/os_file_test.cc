// SPDX-License-Identifier: Apache-2.0
#include "io/os_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "io/errors.h"
#include "io/temporary_folder.h"

namespace evarrow {
namespace {

using test::error_of;
using test::load;
using test::pattern;
using test::TemporaryFolder;

// Sets or unsets an environment variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~Variable() { set(old_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

TEST_CASE("file: a small file is written whole and read back") {
  const TemporaryFolder folder;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}}) {
    write_file_atomically(folder / "a", pattern(size));
    CHECK(read_file(folder / "a", 100'000) == pattern(size));
  }
  CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("file: more than the most bytes are refused") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", pattern(101));
  const auto large = error_of([&] { read_file(folder / "a", 100); });
  REQUIRE(large);
  CHECK(large->os_error() == EFBIG);
  const auto missing = error_of([&] { read_file(folder / "b", 100); });
  REQUIRE(missing);
  CHECK(missing->os_error() == ENOENT);
  const auto directory = error_of([&] { read_file(folder.path(), 1 << 20); });
  REQUIRE(directory);
  CHECK(directory->os_error() == EISDIR);
}

TEST_CASE("file: where it cannot be written the old one stays and nothing is left") {
  const TemporaryFolder folder;
  const auto error = error_of([&] { write_file_atomically(folder / "no/a", pattern(10)); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kSystem);
  CHECK(error->os_error() == ENOENT);
  std::filesystem::create_directory(folder / "taken");
  CHECK(error_of([&] { write_file_atomically(folder / "taken", pattern(10)); }));
  CHECK(folder.names() == std::vector<std::string>{"taken"});
}

TEST_CASE("file: a long name still has room for a temporary one") {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder / name, pattern(10));
  CHECK(folder.names() == std::vector<std::string>{name});
}

TEST_CASE("cache folder: it is made for this user alone, below the one that XDG names") {
  const TemporaryFolder folder;
  const Variable xdg("XDG_CACHE_HOME", (folder / "deep/cache").string());
  const std::filesystem::path made = user_cache_directory();
  CHECK(made == folder / "deep/cache/evarrow");
  struct stat status{};
  REQUIRE(stat(made.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0700U);
  CHECK(user_cache_directory() == made);
}

TEST_CASE("cache folder: without XDG it is in the home folder") {
  const TemporaryFolder folder;
  const Variable home("HOME", folder.path().string());
  for (const std::optional<std::string>& xdg : {std::optional<std::string>(), {""}, {"relative"}}) {
    const Variable variable("XDG_CACHE_HOME", xdg);
    const std::filesystem::path made = user_cache_directory();
    CHECK(made.filename() == "evarrow");
    CHECK(made.string().starts_with(folder.path().string()));
    CHECK(std::filesystem::is_directory(made));
  }
}

TEST_CASE("cache folder: where none can be there is none") {
  const TemporaryFolder folder;
  {
    const Variable xdg("XDG_CACHE_HOME", std::nullopt);
    const Variable home("HOME", std::nullopt);
    CHECK(user_cache_directory().empty());
  }
  write_file_atomically(folder / "file", pattern(1));
  const Variable xdg("XDG_CACHE_HOME", (folder / "file").string());
  CHECK(user_cache_directory().empty());
  std::filesystem::create_directory(folder / "taken");
  write_file_atomically(folder / "taken/evarrow", pattern(1));
  const Variable taken("XDG_CACHE_HOME", (folder / "taken").string());
  CHECK(user_cache_directory().empty());
}

TEST_CASE("process: a forked child is another process") {
  const uint64_t parent = process_id();
  CHECK(parent == static_cast<uint64_t>(getpid()));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(process_id() != parent ? 0 : 1);
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(processor_count() >= 1);
}

}  // namespace
}  // namespace evarrow
