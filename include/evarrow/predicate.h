// SPDX-License-Identifier: Apache-2.0
// Which rows are wanted.
#pragma once

#include <cstdint>
#include <optional>

namespace evarrow {

// The box of rows that are wanted: half-open in time and space. It sees the values that come out
// (time after the origin, polarity as asked for). For streams without x and y only time and
// polarity count.
struct Predicate {
  int64_t t_begin = INT64_MIN;                         // microseconds
  int64_t t_end = INT64_MAX;                           // microseconds; INT64_MAX: no end
  int32_t x_begin = INT16_MIN, x_end = INT16_MAX + 1;  // pixels
  int32_t y_begin = INT16_MIN, y_end = INT16_MAX + 1;  // pixels
  std::optional<int8_t> polarity = std::nullopt;

  bool has_time() const noexcept { return t_begin != INT64_MIN || t_end != INT64_MAX; }
  bool has_region() const noexcept {
    return x_begin > INT16_MIN || x_end <= INT16_MAX || y_begin > INT16_MIN || y_end <= INT16_MAX;
  }
  bool is_all() const noexcept { return !has_time() && !has_region() && !polarity; }
  bool is_empty() const noexcept {
    return t_begin >= t_end || x_begin >= x_end || y_begin >= y_end;
  }
};

}  // namespace evarrow
