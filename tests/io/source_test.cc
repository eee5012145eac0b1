// SPDX-License-Identifier: Apache-2.0
#include "io/source.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <thread>

#include "io/errors.h"
#include "io/os_file.h"
#include "io/temporary_folder.h"

namespace evarrow {
namespace {

using test::error_of;
using test::pattern;
using test::save;
using test::TemporaryFolder;

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

bool same(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

// What every source that can seek must do.
void check_reads(Source& source, Bytes all) {
  Scratch scratch;
  REQUIRE(source.size() == all.size());
  CHECK_FALSE(source.sequential());
  CHECK(same(source.read(0, all.size(), scratch), all));
  CHECK(same(source.read(4095, 3, scratch), all.subspan(4095, 3)));
  CHECK(same(source.read(0, 0, scratch), {}));
  CHECK(same(source.read(all.size() - 2, 100, scratch), all.last(2)));
  CHECK(same(source.read(10, kMost, scratch), all.subspan(10)));
  CHECK(source.read(all.size(), 1, scratch).empty());
  CHECK(source.read(kMost, 1, scratch).empty());
  CHECK(source.read(kMost - 5, kMost, scratch).empty());
  source.check(all.size());
  source.drop(0, 10);
  source.drop(100, all.size() - 1);
  source.drop(0, kMost);
  source.drop(kMost - 1, kMost);
  source.drop(7, 3);
  CHECK(same(source.read(0, all.size(), scratch), all));
}

size_t resident_bytes(Bytes bytes) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(bytes.data());
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') != std::string::npos && line.find(':') > line.find(' ')) {
      inside = std::stoull(line, nullptr, 16) == wanted;
    } else if (inside && line.starts_with("Rss:")) {
      return std::stoull(line.substr(4)) * 1024;
    }
  }
  return 0;
}

TEST_CASE("source: a file reads the same mapped, in pieces and from memory") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(100'003);
  save(folder / "a", bytes);
  for (const Io io : {Io::kAuto, Io::kMmap, Io::kPread}) {
    CAPTURE(static_cast<int>(io));
    check_reads(*open_file(folder / "a", io), bytes);
  }
  check_reads(*open_memory(bytes, nullptr), bytes);
}

TEST_CASE("source: an empty file has no bytes and is no error") {
  const TemporaryFolder folder;
  save(folder / "empty", {});
  Scratch scratch;
  for (const Io io : {Io::kAuto, Io::kMmap, Io::kPread}) {
    const auto source = open_file(folder / "empty", io);
    CHECK(source->size() == 0);
    CHECK(source->read(0, 100, scratch).empty());
    source->drop(0, 1);
  }
  CHECK(open_memory({}, nullptr)->read(0, 1, scratch).empty());
}

TEST_CASE("source: memory lives as long as its source") {
  auto bytes = std::make_shared<std::vector<std::byte>>(pattern(100));
  const std::weak_ptr<std::vector<std::byte>> watched = bytes;
  auto source = open_memory(*bytes, bytes);
  bytes.reset();
  CHECK_FALSE(watched.expired());
  CHECK(source->key() == FileKey{});
  source.reset();
  CHECK(watched.expired());
}

TEST_CASE("source: a scratch serves many reads and is not shrunk between them") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(10'000);
  save(folder / "a", bytes);
  const auto source = open_file(folder / "a", Io::kPread);
  Scratch scratch;
  source->read(0, 8000, scratch);
  const std::byte* memory = scratch.data();
  CHECK(same(source->read(9000, 500, scratch), Bytes(bytes).subspan(9000, 500)));
  CHECK(scratch.data() == memory);
}

TEST_CASE("source: a file that shrinks raises, and what is still there can be read") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(1'000'000);
  for (const Io io : {Io::kMmap, Io::kPread}) {
    CAPTURE(static_cast<int>(io));
    save(folder / "a", bytes);
    const auto source = open_file(folder / "a", io);
    Scratch scratch;
    source->read(0, 1'000'000, scratch);
    std::filesystem::resize_file(folder / "a", 300'000);
    CHECK(same(source->read(0, 300'000, scratch), Bytes(bytes).first(300'000)));
    const auto error = error_of([&] { source->read(299'000, 2000, scratch); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kChanged);
    CHECK(error->offset() == 300'000);
    const std::string message = error->what();
    CHECK(message.find("300000 bytes instead of 1000000") != std::string::npos);
    CHECK(message.find((folder / "a").string()) != std::string::npos);
    CHECK(error_of([&] { source->read(900'000, 1, scratch); }));
    CHECK(source->read(1'000'000, 1, scratch).empty());
  }
}

TEST_CASE("source: a file that grows is read as far as it was") {
  const TemporaryFolder folder;
  for (const Io io : {Io::kMmap, Io::kPread}) {
    save(folder / "a", pattern(5000));
    const auto source = open_file(folder / "a", io);
    save(folder / "a", pattern(9000));
    Scratch scratch;
    CHECK(source->read(0, 9000, scratch).size() == 5000);
    CHECK_FALSE(file_key(folder / "a") == source->key());
  }
}

TEST_CASE("source: a removed or replaced file stays readable") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(5000);
  for (const Io io : {Io::kMmap, Io::kPread}) {
    save(folder / "a", bytes);
    const auto source = open_file(folder / "a", io);
    save(folder / "b", pattern(10));
    std::filesystem::rename(folder / "b", folder / "a");
    Scratch scratch;
    CHECK(same(source->read(0, 5000, scratch), bytes));
  }
}

TEST_CASE("source: the key says which file it is, and no other") {
  const TemporaryFolder folder;
  save(folder / "a", pattern(100));
  save(folder / "b", pattern(100));
  const auto source = open_file(folder / "a", Io::kAuto);
  CHECK(source->key().size == 100);
  CHECK(source->key().modified_ns != 0);
  CHECK(source->key() == file_key(folder / "a"));
  CHECK_FALSE(source->key() == file_key(folder / "b"));
  const auto error = error_of([&] { file_key(folder / "c"); });
  REQUIRE(error);
  CHECK(error->os_error() == ENOENT);
}

#ifdef __linux__
TEST_CASE("source: a pass that drops what it read holds little memory") {
  // In memory files have small pages, which are dropped one by one.
  const std::filesystem::path memory = "/dev/shm";
  const TemporaryFolder folder(
      std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path());
  constexpr size_t kSize = size_t{64} << 20;
  save(folder / "a", pattern(kSize));
  const auto source = open_file(folder / "a", Io::kMmap);
  Scratch scratch;
  const Bytes all = source->read(0, kSize, scratch);
  // Pieces that end within a page, as behind a header they do.
  constexpr size_t kPiece = (size_t{1} << 20) + 13;
  size_t most = 0;
  unsigned sum = 0;
  for (size_t at = 0; at < kSize; at += kPiece) {
    for (const std::byte byte : source->read(at, kPiece, scratch))
      sum += static_cast<uint8_t>(byte);
    most = std::max(most, resident_bytes(all));
    source->drop(at, std::min(at + kPiece, kSize));
  }
  CHECK(sum != 0);
  CHECK(most >= kPiece / 2);
  CHECK(most <= 8 * kPiece);
  CHECK(resident_bytes(all) <= 128 * 1024);
}

TEST_CASE("source: what cannot be mapped can be read") {
  // A file of the kernel that has a size and cannot be mapped.
  const std::filesystem::path path = "/sys/kernel/notes";
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return;
  if (error_of([&] { open_file(path, Io::kMmap); })) {
    Scratch scratch;
    const auto source = open_file(path, Io::kAuto);
    CHECK(source->read(0, source->size(), scratch).size() == source->size());
  }
}
#endif

TEST_CASE("source: what cannot be opened says so in one sentence") {
  const TemporaryFolder folder;
  const auto missing = error_of([&] { open_file(folder / "no", Io::kAuto); });
  REQUIRE(missing);
  CHECK(missing->code() == ErrorCode::kSystem);
  CHECK(missing->os_error() == ENOENT);
  CHECK(missing->what() ==
        "cannot open '" + (folder / "no").string() + "': No such file or directory");

  const auto directory = error_of([&] { open_file(folder.path(), Io::kAuto); });
  REQUIRE(directory);
  CHECK(directory->os_error() == EISDIR);
  CHECK(directory->what() == "cannot open '" + folder.path().string() + "': Is a directory");

  const std::string zero("a\0b", 3);
  const auto cut = error_of([&] { open_file(folder / zero, Io::kAuto); });
  REQUIRE(cut);
  CHECK(cut->code() == ErrorCode::kArgument);

  const auto closed = error_of([&] { open_descriptor(1 << 20, "closed", Io::kAuto); });
  REQUIRE(closed);
  CHECK(closed->os_error() == EBADF);
}

TEST_CASE("source: a file that this user may not read says so") {
  if (geteuid() == 0) return;  // the superuser may read everything
  const TemporaryFolder folder;
  save(folder / "a", pattern(10));
  std::filesystem::permissions(folder / "a", std::filesystem::perms::none);
  const auto error = error_of([&] { open_file(folder / "a", Io::kAuto); });
  REQUIRE(error);
  CHECK(error->os_error() == EACCES);
}

TEST_CASE("source: a descriptor is duplicated, and read from the first byte on") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(5000);
  save(folder / "a", bytes);
  for (const Io io : {Io::kMmap, Io::kPread}) {
    const int descriptor = open((folder / "a").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(descriptor >= 0);
    CHECK(lseek(descriptor, 1000, SEEK_SET) == 1000);
    const auto source = open_descriptor(descriptor, "named", io);
    Scratch scratch;
    CHECK(same(source->read(0, 5000, scratch), bytes));
    CHECK(lseek(descriptor, 0, SEEK_CUR) == 1000);
    close(descriptor);
    CHECK(same(source->read(4000, 10, scratch), Bytes(bytes).subspan(4000, 10)));
  }
  const int writing = open((folder / "a").c_str(), O_WRONLY | O_CLOEXEC);
  const auto error = error_of([&] { open_descriptor(writing, "named", Io::kAuto); });
  close(writing);
  REQUIRE(error);
  CHECK(error->os_error() == EBADF);
  CHECK(std::string(error->what()).find("'named'") != std::string::npos);
}

TEST_CASE("source: descriptors do not reach other programs") {
  const TemporaryFolder folder;
  save(folder / "a", pattern(10));
  const Descriptor file = open_for_reading(folder / "a");
  CHECK((fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((fcntl(duplicate(file.get(), "a").get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("source: a forked child and its parent read independently") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(200'000);
  save(folder / "a", bytes);
  for (const Io io : {Io::kMmap, Io::kPread}) {
    const auto source = open_file(folder / "a", io);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    bool right = true;
    Scratch scratch;
    for (size_t at = 0; at < bytes.size(); at += 1000) {
      right = right && same(source->read(at, 1000, scratch), Bytes(bytes).subspan(at, 1000));
    }
    if (child == 0) _exit(right ? 0 : 1);
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(right);
  }
}

TEST_CASE("source: threads read one file at once") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = pattern(400'000);
  save(folder / "a", bytes);
  for (const Io io : {Io::kMmap, Io::kPread}) {
    const auto source = open_file(folder / "a", io);
    std::array<bool, 4> right{};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < right.size(); ++i) {
      threads.emplace_back([&, i] {
        Scratch scratch;
        right[i] = true;
        for (size_t at = i * 777; at + 900 < bytes.size(); at += 1800) {
          if (!same(source->read(at, 900, scratch), Bytes(bytes).subspan(at, 900))) {
            right[i] = false;
          }
          source->drop(at, at + 900);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(right == std::array<bool, 4>{true, true, true, true});
  }
}

}  // namespace
}  // namespace evarrow
