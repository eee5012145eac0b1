// SPDX-License-Identifier: Apache-2.0
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "io/os_file.h"

namespace evarrow {
namespace {

// Relative paths count as none, as the XDG specification says.
std::filesystem::path folder_in_variable(const char* name) {
  const char* value = std::getenv(name);
  std::filesystem::path folder(value == nullptr ? "" : value);
  return folder.is_absolute() ? folder : std::filesystem::path();
}

std::filesystem::path caches() {
  std::filesystem::path folder = folder_in_variable("XDG_CACHE_HOME");
  if (!folder.empty()) return folder;
  const std::filesystem::path home = folder_in_variable("HOME");
  if (home.empty()) return {};
#ifdef __APPLE__
  return home / "Library" / "Caches";
#else
  return home / ".cache";
#endif
}

}  // namespace

std::filesystem::path user_cache_directory() {
  const std::filesystem::path parent = caches();
  if (parent.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  const std::filesystem::path folder = parent / "evarrow";
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return {};
  return std::filesystem::is_directory(folder, error) ? folder : std::filesystem::path();
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
