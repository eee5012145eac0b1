// SPDX-License-Identifier: Apache-2.0
// Files, descriptors and the process, as the operating system knows them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "evarrow/event.h"
#include "io/source.h"

namespace evarrow {

// An open descriptor; closed with the object, and by exec.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const noexcept { return number_; }
  // Closes it now; returns the errno, since a file system may report a lost write only here.
  int close() noexcept;

 private:
  int number_ = -1;
};

enum class FileKind : uint8_t { kRegular, kDirectory, kStream };

struct FileStatus {
  FileKind kind;
  FileKey key;
};

// All of these throw Error(kSystem) that names `name`, and wait where the descriptor is not ready.
Descriptor open_for_reading(const std::filesystem::path& path);
Descriptor duplicate(int descriptor, const std::string& name);
Descriptor duplicate_for_reading(int descriptor, const std::string& name);
FileStatus status_of(int descriptor, const std::string& name);
// Reads until `to` is full or the file ends; returns the bytes read.
size_t read_at(int descriptor, uint64_t offset, std::span<std::byte> to, const std::string& name);
// Reads what there is, at least one byte but at the end.
size_t read_some(int descriptor, std::span<std::byte> to, const std::string& name);
void write_all(int descriptor, Bytes bytes, const std::string& name);
// The same at a place of its own; where the next bytes go stays as it is.
void write_all_at(int descriptor, uint64_t offset, Bytes bytes, const std::string& name);

[[noreturn]] void throw_system_error(const std::string& doing, const std::string& name, int error);
// Throws Error(kArgument) for a path that the system would silently cut.
void check_path(const std::filesystem::path& path);

// A file mapped for reading. Empty where it cannot be mapped; errno says why.
class MappedFile {
 public:
  MappedFile(int descriptor, uint64_t size) noexcept;
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  Bytes bytes() const noexcept { return bytes_; }
  // The pages of [begin, end) leave this process's memory; they come back when they are touched.
  void drop(uint64_t begin, uint64_t end) const noexcept;

 private:
  Bytes bytes_;
};

// Replaces a small file; who reads it sees all of the old or all of the new bytes.
void write_file_atomically(const std::filesystem::path& path, Bytes bytes);
// Throws Error(kSystem, EFBIG) if the file is larger than `most_bytes`.
std::vector<std::byte> read_file(const std::filesystem::path& path, size_t most_bytes);

// The folder for what can be made again; made if needed, for this user alone. Empty if there is
// none.
std::filesystem::path user_cache_directory();

uint64_t process_id() noexcept;  // another one after a fork
int processor_count() noexcept;  // that this process may use

}  // namespace evarrow
