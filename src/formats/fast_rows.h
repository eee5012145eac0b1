// SPDX-License-Identifier: Apache-2.0
// Rows handed to a loop that writes several at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evarrow/event.h"
#include "kernels/encode.h"

namespace evarrow {

// A store of bytes may go anywhere, as far as the compiler knows: columns that a loop has as local
// copies need not be looked up again after each.
struct EncodedColumns : kernels::EncodedRows {
  explicit EncodedColumns(const EventBatch& events) noexcept
      : EncodedRows{
            .x = events.x(), .y = events.y(), .t = events.t(), .polarity = events.polarity()} {}
};

class FastRows {
 public:
  // Without a kernel all rows are the caller's.
  FastRows(kernels::EncodeKernel kernel, const EncodedColumns& events, size_t end) noexcept
      : kernel_(kernel), events_(events), end_(end), next_(kernel == nullptr ? SIZE_MAX : 0) {}

  // Whether it is worth while to hand on the rows from `i` on.
  bool is_due(size_t i) const noexcept { return i >= next_; }

  // What the kernel takes of the rows from `i` on, if they are due: it may be none. The caller
  // writes the next row.
  kernels::EncodedWords take(size_t i, kernels::EncodeState& state, std::byte* to) noexcept {
    const kernels::EncodedWords done = kernel_(events_, i, end_, state, to);
    if (done.rows < kFew) next_ = i + done.rows + kPause;
    return done;
  }

 private:
  // Where a kernel gets on by fewer rows than this, it is as well to write some one by one.
  static constexpr size_t kFew = 4;
  static constexpr size_t kPause = 12;

  kernels::EncodeKernel kernel_;
  EncodedColumns events_;
  size_t end_;
  size_t next_;
};

}  // namespace evarrow
