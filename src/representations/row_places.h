// SPDX-License-Identifier: Apache-2.0
// Where the events of a window go that are kept one by one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "evarrow/error.h"
#include "evarrow/representations.h"

namespace evarrow {

// Rows come in order.
class RowPlaces {
 public:
  // Throws Error(kArgument) for more places than there can be.
  explicit RowPlaces(const RowChoice& choice) : choice_(choice) {
    if (choice.count > size_t{1} << 31) {
      throw Error(ErrorCode::kArgument, "a window has room for 2^31 events at most");
    }
  }

  void begin(uint64_t rows) noexcept {
    rows_ = rows;
    count_ = std::min<uint64_t>(choice_.count, rows);
    place_ = 0;
    next_ = row_at(0);
  }

  // The place of a row; none where others are taken.
  std::optional<size_t> find(uint64_t row) noexcept {
    while (next_ < row) next_ = row_at(++place_);
    if (next_ != row) return std::nullopt;
    return static_cast<size_t>(place_);
  }

 private:
  uint64_t row_at(uint64_t place) const noexcept {
    if (place >= count_) return UINT64_MAX;
    if (count_ == rows_ || choice_.from == RowChoice::From::kStart) return place;
    if (choice_.from == RowChoice::From::kEnd) return rows_ - count_ + place;
    // place * rows / count, whose product might be too great.
    return place * (rows_ / count_) + place * (rows_ % count_) / count_;
  }

  RowChoice choice_;
  uint64_t rows_ = 0, count_ = 0;           // of the window, and of those that are kept
  uint64_t place_ = 0, next_ = UINT64_MAX;  // the first place that is free, and its row
};

}  // namespace evarrow
