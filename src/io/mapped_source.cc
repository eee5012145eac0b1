// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <utility>

#include "evarrow/error.h"
#include "io/sources.h"

namespace evarrow {
namespace {

class MappedSource final : public Source {
 public:
  MappedSource(Descriptor file, std::string name, const FileKey& key, MappedFile map)
      : file_(std::move(file)), name_(std::move(name)), map_(std::move(map)) {
    key_ = key;
  }

  Bytes read(uint64_t offset, size_t size, Scratch& /*scratch*/) override {
    const Bytes bytes = part_of(map_.bytes(), offset, size);
    // Touching a page behind the end of a file that has shrunk would end the process.
    if (!bytes.empty()) check_length(offset + bytes.size());
    return bytes;
  }

  uint64_t size() const noexcept override { return key_.size; }
  void drop(uint64_t begin, uint64_t end) noexcept override { map_.drop(begin, end); }
  void check(uint64_t end) override { check_length(std::min(end, key_.size)); }

 private:
  void check_length(uint64_t wanted) const {
    const uint64_t now = status_of(file_.get(), name_).key.size;
    if (now >= wanted) return;
    throw Error(ErrorCode::kChanged,
                "'" + name_ + "' is shorter than when it was opened, " + std::to_string(now) +
                    " bytes instead of " + std::to_string(key_.size) +
                    ": open it again, or read it with io=\"pread\" while it changes",
                now);
  }

  Descriptor file_;
  std::string name_;
  MappedFile map_;
};

}  // namespace

std::shared_ptr<Source> make_mapped_source(Descriptor& file, const std::string& name,
                                           const FileKey& key) {
  MappedFile map(file.get(), key.size);
  if (map.bytes().empty()) return nullptr;
  return std::make_shared<MappedSource>(std::move(file), name, key, std::move(map));
}

}  // namespace evarrow
