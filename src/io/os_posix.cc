// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "evarrow/error.h"
#include "io/os_file.h"
#include "io/os_memory.h"

namespace evarrow {
namespace {

static_assert(sizeof(off_t) == 8, "offsets of large files");

// The kernel maps up to this many bytes around a page that is touched.
constexpr uint64_t kFaultAround = 64 * 1024;

int64_t modified_ns(const struct stat& status) noexcept {
#ifdef __APPLE__
  const timespec& time = status.st_mtimespec;
#else
  const timespec& time = status.st_mtim;
#endif
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStatus status_from(const struct stat& status) noexcept {
  const FileKind kind = S_ISDIR(status.st_mode)   ? FileKind::kDirectory
                        : S_ISREG(status.st_mode) ? FileKind::kRegular
                                                  : FileKind::kStream;
  return {.kind = kind,
          .key = {.device = static_cast<uint64_t>(status.st_dev),
                  .inode = status.st_ino,
                  .size = static_cast<uint64_t>(status.st_size),
                  .modified_ns = modified_ns(status)}};
}

// Whether a call that failed with `error` can be made again, after waiting where that is needed:
// pipes and sockets of event loops do not block.
bool can_retry(int error, int descriptor, short event) noexcept {
  if (error == EINTR) return true;
  if (error != EAGAIN && error != EWOULDBLOCK) return false;
  pollfd wait = {.fd = descriptor, .events = event, .revents = 0};
  return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

void throw_system_error(const std::string& doing, const std::string& name, int error) {
  throw Error(ErrorCode::kSystem,
              "cannot " + doing + " '" + name + "': " + std::generic_category().message(error),
              Error::kNoOffset, error);
}

void check_path(const std::filesystem::path& path) {
  if (path.native().find('\0') == std::string::npos) return;
  throw Error(ErrorCode::kArgument, "a path cannot hold a zero byte: '" +
                                        std::string(path.c_str()) + "' is followed by one");
}

Descriptor::~Descriptor() { close(); }

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

int Descriptor::close() noexcept {
  const int number = std::exchange(number_, -1);
  return number >= 0 && ::close(number) != 0 && errno != EINTR ? errno : 0;
}

Descriptor open_for_reading(const std::filesystem::path& path) {
  check_path(path);
  while (true) {
    const int number = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (number >= 0) return Descriptor(number);
    if (errno != EINTR) throw_system_error("open", path.string(), errno);
  }
}

Descriptor duplicate(int descriptor, const std::string& name) {
  const int number = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (number < 0) throw_system_error("use", name, errno);
  return Descriptor(number);
}

Descriptor duplicate_for_reading(int descriptor, const std::string& name) {
  Descriptor own = duplicate(descriptor, name);
  if ((fcntl(own.get(), F_GETFL) & O_ACCMODE) == O_WRONLY) throw_system_error("read", name, EBADF);
  return own;
}

FileStatus status_of(int descriptor, const std::string& name) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) throw_system_error("look at", name, errno);
  return status_from(status);
}

FileKey file_key(const std::filesystem::path& path) {
  check_path(path);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) throw_system_error("open", path.string(), errno);
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
    if (!can_retry(errno, descriptor, POLLIN)) throw_system_error("read", name, errno);
  }
}

void write_all(int descriptor, Bytes bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = write(descriptor, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(n));
    } else if (!can_retry(errno, descriptor, POLLOUT)) {
      throw_system_error("write", name, errno);
    }
  }
}

void write_all_at(int descriptor, uint64_t offset, Bytes bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    } else if (!can_retry(errno, descriptor, POLLOUT)) {
      throw_system_error("write", name, errno);
    }
  }
}

MappedFile::MappedFile(int descriptor, uint64_t size) noexcept {
  // Without MADV_SEQUENTIAL: it made no pass faster, and reads too much for a few windows.
  void* begin = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (begin == MAP_FAILED) return;
  bytes_ = {static_cast<std::byte*>(begin), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

void MappedFile::drop(uint64_t begin, uint64_t end) const noexcept {
  // What is dropped too much comes back by itself; what is not dropped stays for good. So the range
  // begins early enough for the pages that came along, and the page it ends in waits for the next.
  const uint64_t first = begin / kFaultAround * kFaultAround;
  const uint64_t last = end >= bytes_.size() ? bytes_.size() : end / page_size() * page_size();
  if (first >= last) return;
  madvise(const_cast<std::byte*>(bytes_.data()) + first, last - first, MADV_DONTNEED);
}

std::vector<std::byte> read_file(const std::filesystem::path& path, size_t most_bytes) {
  const Descriptor file = open_for_reading(path);
  const FileStatus status = status_of(file.get(), path.string());
  if (status.kind == FileKind::kDirectory) throw_system_error("read", path.string(), EISDIR);
  if (status.key.size > most_bytes) throw_system_error("read", path.string(), EFBIG);
  std::vector<std::byte> bytes(status.key.size);
  bytes.resize(read_at(file.get(), 0, bytes, path.string()));
  return bytes;
}

}  // namespace evarrow
