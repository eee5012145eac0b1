// SPDX-License-Identifier: Apache-2.0
#include "io/os_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr size_t kMostNameBytes = 200;  // of the 255 that file systems allow, for temporary names

[[noreturn]] void throw_exists(const std::string& name) {
  throw Error(ErrorCode::kArgument,
              "'" + name + "' is there already: choose another name or say that it be overwritten",
              Error::kNoOffset, EEXIST);
}

// Gives `from` the name `to` unless that name is taken. Returns 0 or the errno.
int rename_without_replacing(const char* from, const char* to) noexcept {
#ifdef RENAME_NOREPLACE
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return errno;
#endif
  if (link(from, to) == 0) {
    unlink(from);
    return 0;
  }
  if (errno == EEXIST) return EEXIST;
  // No links either, as on FAT: between the look and the renaming another file may appear.
  struct stat status{};
  if (lstat(to, &status) == 0) return EEXIST;
  return rename(from, to) == 0 ? 0 : errno;
}

// Some file systems cannot sync; that is not a loss of what was written.
int sync_file(int descriptor) noexcept {
#ifdef F_FULLFSYNC
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  while (fsync(descriptor) != 0) {
    if (errno == EINVAL || errno == ENOTSUP || errno == EROFS) return 0;
    if (errno != EINTR) return errno;
  }
  return 0;
}

// The new name is in the folder by now: a folder that cannot be synced is no reason to fail.
void sync_folder(const std::filesystem::path& folder) noexcept {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) sync_file(opened.get());
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

// Where a chain of symbolic links leads, so that the file and not the link is replaced.
std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

Output Output::create(const std::filesystem::path& path, bool overwrite) {
  check_path(path);
  Output output;
  output.name_ = path.string();
  struct stat status{};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) throw_system_error("write", output.name_, errno);
  if (exists && S_ISDIR(status.st_mode)) throw_system_error("write", output.name_, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    output.descriptor_ = Descriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (output.descriptor_.get() < 0) throw_system_error("write", output.name_, errno);
    return output;
  }
  // A link that leads nowhere is a taken name as well.
  if (!overwrite && lstat(path.c_str(), &status) == 0) throw_exists(output.name_);
  output.target_ = behind_links(path);
  output.overwrite_ = overwrite;
  output.open_temporary();
  output.find_begin();
  return output;
}

Output Output::to_descriptor(int descriptor, const std::string& name) {
  Output output;
  output.name_ = name;
  output.descriptor_ = duplicate(descriptor, name);
  output.find_begin();
  return output;
}

Output::~Output() {
  if (!temporary_.empty() && process_ == process_id()) unlink(temporary_.c_str());
}

Output::Output(Output&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::move(other.descriptor_)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      begin_(other.begin_),
      can_patch_(other.can_patch_),
      overwrite_(other.overwrite_),
      process_(other.process_) {
  other.temporary_.clear();
}

Output& Output::operator=(Output&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(target_, other.target_);
  std::swap(temporary_, other.temporary_);
  std::swap(begin_, other.begin_);
  std::swap(can_patch_, other.can_patch_);
  std::swap(overwrite_, other.overwrite_);
  std::swap(process_, other.process_);
  return *this;
}

void Output::open_temporary() {
  static std::atomic<uint64_t> counter{0};
  std::string begin(".");
  begin += target_.filename().string().substr(0, kMostNameBytes);
  begin += '.';
  begin += std::to_string(process_id());
  begin += '-';
  while (true) {
    const std::filesystem::path name =
        folder_of(target_) / (begin + std::to_string(counter++) + ".tmp");
    const int number = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (number >= 0) {
      descriptor_ = Descriptor(number);
      temporary_ = name;
      process_ = process_id();
      return;
    }
    // A killed process with this number may have left one behind.
    if (errno != EEXIST && errno != EINTR) throw_system_error("write", name_, errno);
  }
}

void Output::find_begin() noexcept {
  struct stat status{};
  const int flags = fcntl(descriptor_.get(), F_GETFL);
  if (flags < 0 || (flags & O_APPEND) != 0 || fstat(descriptor_.get(), &status) != 0) return;
  const off_t begin = S_ISREG(status.st_mode) ? lseek(descriptor_.get(), 0, SEEK_CUR) : -1;
  can_patch_ = begin >= 0;
  begin_ = can_patch_ ? static_cast<uint64_t>(begin) : 0;
}

void Output::publish() {
  if (!target_.empty()) {
    const int error = sync_file(descriptor_.get());
    if (error != 0) throw_system_error("write", name_, error);
  }
  publish_unsynced();
  if (!target_.empty()) sync_folder(folder_of(target_));
}

void Output::publish_unsynced() {
  const int error = descriptor_.close();
  if (error != 0) throw_system_error("write", name_, error);
  if (!target_.empty()) give_name();
}

void Output::give_name() {
  int error = 0;
  if (!overwrite_) {
    error = rename_without_replacing(temporary_.c_str(), target_.c_str());
  } else if (rename(temporary_.c_str(), target_.c_str()) != 0) {
    error = errno;
  }
  if (error == EEXIST && !overwrite_) throw_exists(name_);
  if (error != 0) throw_system_error("write", name_, error);
  temporary_.clear();
}

void write_file_atomically(const std::filesystem::path& path, Bytes bytes) {
  Output output = Output::create(path, true);
  output.write(bytes);
  output.publish_unsynced();
}

}  // namespace evarrow
