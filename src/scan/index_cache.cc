// SPDX-License-Identifier: Apache-2.0
#include "scan/index_cache.h"

#include <deque>
#include <mutex>

#include "evarrow/error.h"
#include "io/os_file.h"
#include "scan/index_file.h"

namespace evarrow {
namespace {

constexpr size_t kMostKept = 64;  // indexes, of at most about 3 MB each

// All that the blocks of an index depend on.
struct Key {
  FileKey file;
  const Format* format;
  std::string layout;
  int32_t width, height;
  bool drops;

  bool operator==(const Key&) const = default;
};

struct Kept {
  Key key;
  std::shared_ptr<const Index> index;
};

std::mutex mutex;
std::deque<Kept>& kept() {
  static std::deque<Kept> indexes;
  return indexes;
}

Key key_of(const Recording::Shared& shared) {
  const bool drops = shared.decode.drop_out_of_sensor;
  return {.file = shared.source->key(),
          .format = shared.format,
          .layout = shared.header.layout,
          .width = drops ? shared.header.width : 0,
          .height = drops ? shared.header.height : 0,
          .drops = drops};
}

bool is_file(const Recording::Shared& shared) { return shared.source->key().inode != 0; }

void remember(const Recording::Shared& shared, const std::shared_ptr<const Index>& index) {
  const std::lock_guard lock(mutex);
  kept().push_front({.key = key_of(shared), .index = index});
  if (kept().size() > kMostKept) kept().pop_back();
}

}  // namespace

std::shared_ptr<const Index> find_index(const Recording::Shared& shared) {
  if (!is_file(shared)) return nullptr;
  {
    const std::lock_guard lock(mutex);
    const Key key = key_of(shared);
    for (const Kept& one : kept()) {
      if (one.key == key) return one.index;
    }
  }
  const std::filesystem::path path = index_path(shared);
  if (path.empty()) return nullptr;
  auto index = read_index_file(path, shared);
  if (index != nullptr) remember(shared, index);
  return index;
}

void keep_index(const Recording::Shared& shared, const std::shared_ptr<const Index>& index) {
  if (!is_file(shared)) return;
  remember(shared, index);
  const std::filesystem::path path = index_path(shared);
  if (path.empty()) return;
  try {
    write_index_file(path, shared, *index);
  } catch (const Error&) {
    return;  // the index is a help, not a result: without a place to keep it, it is made again
  }
}

std::filesystem::path index_path(const Recording::Shared& shared) {
  if (!shared.named_file || shared.options.index == IndexPolicy::kMemory) return {};
  if (shared.options.index == IndexPolicy::kSidecar) return shared.path + ".evarrow-index";
  const std::filesystem::path folder = user_cache_directory();
  if (folder.empty()) return {};
  const FileKey& key = shared.source->key();
  return folder / ("index-" + std::to_string(key.device) + "-" + std::to_string(key.inode) + "-" +
                   std::string(shared.format->name));
}

}  // namespace evarrow
