// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "io/sources.h"

namespace evarrow {
namespace {

class MemorySource final : public Source {
 public:
  MemorySource(Bytes bytes, std::shared_ptr<const void> keep_alive)
      : bytes_(bytes), keep_alive_(std::move(keep_alive)) {}

  Bytes read(uint64_t offset, size_t size, Scratch& /*scratch*/) override {
    return part_of(bytes_, offset, size);
  }
  uint64_t size() const noexcept override { return bytes_.size(); }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  Bytes bytes_;
  std::shared_ptr<const void> keep_alive_;
};

}  // namespace

std::shared_ptr<Source> open_memory(Bytes bytes, std::shared_ptr<const void> keep_alive) {
  return std::make_shared<MemorySource>(bytes, std::move(keep_alive));
}

}  // namespace evarrow
