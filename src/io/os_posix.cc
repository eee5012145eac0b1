// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "evarrow/error.h"
#include "io/os_file.h"

namespace evarrow {
namespace {

constexpr uintptr_t kPage = 4096;

FileStatus status_from(const struct stat& status) noexcept {
  const FileKind kind = S_ISDIR(status.st_mode)   ? FileKind::kDirectory
                        : S_ISREG(status.st_mode) ? FileKind::kRegular
                                                  : FileKind::kStream;
  return {.kind = kind,
          .key = {.device = status.st_dev,
                  .inode = status.st_ino,
                  .size = static_cast<uint64_t>(status.st_size),
                  .modified_ns = int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                                 status.st_mtim.tv_nsec}};
}

}  // namespace

void throw_system_error(const std::string& doing, const std::string& name, int error) {
  throw Error(ErrorCode::kSystem,
              "cannot " + doing + " '" + name + "': " + std::generic_category().message(error),
              Error::kNoOffset, error);
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor open_for_reading(const std::filesystem::path& path) {
  const int number = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) throw_system_error("open", path.string(), errno);
  return Descriptor(number);
}

Descriptor duplicate(int descriptor, const std::string& name) {
  const int number = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (number < 0) throw_system_error("use", name, errno);
  return Descriptor(number);
}

FileStatus status_of(int descriptor, const std::string& name) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) throw_system_error("look at", name, errno);
  return status_from(status);
}

FileKey file_key(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) throw_system_error("look at", path.string(), errno);
  return status_from(status).key;
}

size_t read_at(int descriptor, uint64_t offset, std::span<std::byte> to, const std::string& name) {
  size_t done = 0;
  while (done < to.size()) {
    const ssize_t n =
        pread(descriptor, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_system_error("read", name, errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return done;
}

size_t read_some(int descriptor, std::span<std::byte> to, const std::string& name) {
  while (true) {
    const ssize_t n = read(descriptor, to.data(), to.size());
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) throw_system_error("read", name, errno);
  }
}

void write_all(int descriptor, Bytes bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_system_error("write", name, errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

std::byte* map_file(int descriptor, uint64_t size) noexcept {
  void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) return nullptr;
  madvise(data, size, MADV_SEQUENTIAL);
  return static_cast<std::byte*>(data);
}

void unmap_file(std::byte* data, uint64_t size) noexcept { munmap(data, size); }

void give_up_pages(std::byte* begin, size_t size) noexcept {
  const auto first = (reinterpret_cast<uintptr_t>(begin) + kPage - 1) / kPage * kPage;
  const auto last = (reinterpret_cast<uintptr_t>(begin) + size) / kPage * kPage;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void want_pages(std::byte* begin, size_t size) noexcept {
  const auto first = reinterpret_cast<uintptr_t>(begin) / kPage * kPage;
  const auto last = reinterpret_cast<uintptr_t>(begin) + size;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_WILLNEED);
}

void write_file_atomically(const std::filesystem::path& path, Bytes bytes) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path temporary =
      path.string() + "." + std::to_string(process_id()) + "-" + std::to_string(counter++) + ".tmp";
  const int number = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (number < 0) throw_system_error("write", temporary.string(), errno);
  const Descriptor file(number);
  try {
    write_all(file.get(), bytes, temporary.string());
    if (rename(temporary.c_str(), path.c_str()) != 0) {
      throw_system_error("write", path.string(), errno);
    }
  } catch (const Error&) {
    unlink(temporary.c_str());
    throw;
  }
}

std::vector<std::byte> read_file(const std::filesystem::path& path, size_t most_bytes) {
  const Descriptor file = open_for_reading(path);
  const uint64_t size = status_of(file.get(), path.string()).key.size;
  if (size > most_bytes) throw_system_error("read", path.string(), EFBIG);
  std::vector<std::byte> bytes(size);
  bytes.resize(read_at(file.get(), 0, bytes, path.string()));
  return bytes;
}

std::filesystem::path user_cache_directory() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  std::filesystem::path folder = variable("XDG_CACHE_HOME");
  if (folder.empty()) {
    const std::filesystem::path home = variable("HOME");
    if (home.empty()) return {};
    folder = home / ".cache";
  }
  folder /= "evarrow";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::filesystem::path() : folder;
}

uint64_t process_id() noexcept { return static_cast<uint64_t>(getpid()); }

int processor_count() noexcept {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(CPU_COUNT(&set), 1);
#endif
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

}  // namespace evarrow
