// SPDX-License-Identifier: Apache-2.0
#include "containers/row_source.h"

#include <algorithm>
#include <array>
#include <utility>

namespace evarrow {
namespace {

constexpr size_t kMostRows = size_t{1} << 20;  // of one read
constexpr std::array<std::byte, kMostRows> kNothing = {};

class RowSource final : public Source {
 public:
  RowSource(std::shared_ptr<const Container> container, const FileKey& key)
      : container_(std::move(container)), rows_(container_->plan.rows) {
    key_ = key;
  }

  Bytes read(uint64_t offset, size_t size, Scratch& /*scratch*/) override {
    if (offset >= rows_) return {};
    return {kNothing.data(), std::min<uint64_t>({size, rows_ - offset, kMostRows})};
  }
  uint64_t size() const noexcept override { return rows_; }
  std::optional<uint64_t> byte_in_file(uint64_t row) const noexcept override {
    return byte_of_row(*container_, row);
  }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  std::shared_ptr<const Container> container_;
  uint64_t rows_;
};

}  // namespace

std::shared_ptr<Source> make_row_source(std::shared_ptr<const Container> container,
                                        const Source& file) {
  return std::make_shared<RowSource>(std::move(container), file.key());
}

}  // namespace evarrow
