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

// An open descriptor; closed with the object.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const noexcept { return number_; }

 private:
  int number_ = -1;
};

enum class FileKind : uint8_t { kRegular, kDirectory, kStream };

struct FileStatus {
  FileKind kind;
  FileKey key;
};

// All of these throw Error(kSystem) that names `name`.
Descriptor open_for_reading(const std::filesystem::path& path);
Descriptor duplicate(int descriptor, const std::string& name);
FileStatus status_of(int descriptor, const std::string& name);
// Reads until `to` is full or the file ends; returns the bytes read.
size_t read_at(int descriptor, uint64_t offset, std::span<std::byte> to, const std::string& name);
size_t read_some(int descriptor, std::span<std::byte> to, const std::string& name);
void write_all(int descriptor, Bytes bytes, const std::string& name);
[[noreturn]] void throw_system_error(const std::string& doing, const std::string& name, int error);

// A file mapped for reading. Null data: it could not be mapped.
std::byte* map_file(int descriptor, uint64_t size) noexcept;
void unmap_file(std::byte* data, uint64_t size) noexcept;
void give_up_pages(std::byte* begin, size_t size) noexcept;
void want_pages(std::byte* begin, size_t size) noexcept;

// Small files.
void write_file_atomically(const std::filesystem::path& path, Bytes bytes);
std::vector<std::byte> read_file(const std::filesystem::path& path, size_t most_bytes);

// The folder for what can be made again; made if needed. Empty if there is none.
std::filesystem::path user_cache_directory();

uint64_t process_id() noexcept;
int processor_count() noexcept;  // that this process may use

}  // namespace evarrow
