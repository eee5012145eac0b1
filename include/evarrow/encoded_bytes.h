// SPDX-License-Identifier: Apache-2.0
// Where encoders put their bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "evarrow/event.h"

namespace evarrow {

// Appends to `buffer`. With `write`, that is handed bytes in their order, in blocks, straight from
// where they were made if they are many, and the buffer holds no more than those still to be
// handed on.
class EncodedBytes {
 public:
  using Write = std::function<void(Bytes)>;

  explicit EncodedBytes(std::vector<std::byte>& buffer, Write write = {})
      : buffer_(buffer), write_(std::move(write)) {}

  void append(Bytes bytes) {
    if (write_ && bytes.size() >= kLarge) {
      flush();
      write_(bytes);
      return;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    if (write_ && buffer_.size() >= kBlock) flush();
  }

  // Hands on what the buffer holds.
  void flush() {
    if (!write_ || buffer_.empty()) return;
    write_(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr size_t kLarge = size_t{16} << 10;
  static constexpr size_t kBlock = size_t{256} << 10;

  std::vector<std::byte>& buffer_;
  Write write_;
};

}  // namespace evarrow
