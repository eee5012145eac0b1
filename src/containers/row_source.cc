// SPDX-License-Identifier: Apache-2.0
#include "containers/row_source.h"

#include <algorithm>
#include <array>

namespace evarrow {
namespace {

constexpr size_t kMostRows = size_t{1} << 20;  // of one read
constexpr std::array<std::byte, kMostRows> kNothing = {};

class RowSource final : public Source {
 public:
  RowSource(uint64_t rows, const FileKey& key) : rows_(rows) { key_ = key; }

  Bytes read(uint64_t offset, size_t size, Scratch& /*scratch*/) override {
    if (offset >= rows_) return {};
    return {kNothing.data(), std::min<uint64_t>({size, rows_ - offset, kMostRows})};
  }
  uint64_t size() const noexcept override { return rows_; }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  uint64_t rows_;
};

}  // namespace

std::shared_ptr<Source> make_row_source(uint64_t rows, const Source& file) {
  return std::make_shared<RowSource>(rows, file.key());
}

}  // namespace evarrow
