// SPDX-License-Identifier: Apache-2.0
// Moves the rows of a batch whose bit is set together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "evarrow/event.h"
#include "kernels/select.h"

namespace evarrow {

// Rows that are selected and moved at a time, so that they stay in cache.
inline constexpr size_t kBlockRows = 4096;

using BlockBits = std::array<uint64_t, kBlockRows / kernels::kWordRows>;

class RowMover {
 public:
  RowMover() : selector_(kernels::selector()) {}

  // Moves the `kept` rows of [begin, begin + n) whose bit is set to row `at` and on of `to`, which
  // has room for n and may be `from` if `at` is no more than `begin`. n is at most kBlockRows. All
  // of these rows may lie past the size of the batch.
  void move(const Batch& from, size_t begin, size_t n, const uint64_t* bits, size_t kept, Batch& to,
            size_t at) noexcept;

 private:
  static constexpr size_t kFew = kBlockRows / 16;

  const kernels::Selector& selector_;
  std::array<uint16_t, kFew> numbers_{};
};

}  // namespace evarrow
