// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "evarrow/error.h"
#include "io/sources.h"

namespace evarrow {
namespace {

// Reads each piece into the caller's scratch, which stays in the processor's cache. The system
// reads ahead by itself: advice made passes over cold and warm files no faster.
class FileSource final : public Source {
 public:
  FileSource(Descriptor file, std::string name, const FileKey& key)
      : file_(std::move(file)), name_(std::move(name)) {
    key_ = key;
  }

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    if (offset >= key_.size) return {};
    const auto wanted = static_cast<size_t>(std::min<uint64_t>(size, key_.size - offset));
    if (scratch.size() < wanted) scratch.resize(wanted);
    const size_t got = read_at(file_.get(), offset, {scratch.data(), wanted}, name_);
    if (got < wanted) {
      throw Error(ErrorCode::kChanged,
                  "'" + name_ + "' is shorter than when it was opened, it ends within " +
                      std::to_string(offset + got) + " bytes instead of " +
                      std::to_string(key_.size) + ": open it again",
                  offset + got);
    }
    return {scratch.data(), got};
  }

  bool copies() const noexcept override { return true; }
  uint64_t size() const noexcept override { return key_.size; }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  Descriptor file_;
  std::string name_;
};

}  // namespace

std::shared_ptr<Source> make_file_source(Descriptor file, const std::string& name,
                                         const FileKey& key) {
  return std::make_shared<FileSource>(std::move(file), name, key);
}

}  // namespace evarrow
