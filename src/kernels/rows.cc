// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

namespace evarrow::kernels {
namespace {

// One column at a time over a block of flags that stays in cache: each loop is simple enough for
// the compiler's own vectors.
constexpr size_t kBlock = 1024;

// lo <= v < hi is one unsigned comparison: v - lo < hi - lo.
void keep_within(const int16_t* values, size_t n, int32_t lo, int32_t hi, uint8_t* flags) noexcept {
  const auto width = static_cast<uint32_t>(hi - lo);
  for (size_t i = 0; i < n; ++i) {
    flags[i] &= static_cast<uint8_t>(static_cast<uint32_t>(values[i] - lo) < width);
  }
}

void keep_between(const int64_t* values, size_t n, int64_t lo, int64_t last,
                  uint8_t* flags) noexcept {
  for (size_t i = 0; i < n; ++i) {
    flags[i] &= static_cast<uint8_t>(static_cast<uint8_t>(values[i] >= lo) &
                                     static_cast<uint8_t>(values[i] <= last));
  }
}

}  // namespace

size_t first_descent(const int64_t* t, size_t n) noexcept {
  size_t i = 1;
  // Sixteen at a time without a branch between them: a descent is rare.
  for (; i + 16 <= n; i += 16) {
    unsigned descents = 0;
    for (size_t j = i; j < i + 16; ++j) descents += t[j] < t[j - 1] ? 1U : 0U;
    if (descents != 0) break;
  }
  for (; i < n; ++i) {
    if (t[i] < t[i - 1]) return i;
  }
  return n;
}

void widen_range(const int64_t* t, size_t n, int64_t& t_min, int64_t& t_max) noexcept {
  // Four of each, so that one comparison need not wait for the one before it.
  int64_t low[4] = {t_min, t_min, t_min, t_min};
  int64_t high[4] = {t_max, t_max, t_max, t_max};
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      low[lane] = t[i + lane] < low[lane] ? t[i + lane] : low[lane];
      high[lane] = t[i + lane] > high[lane] ? t[i + lane] : high[lane];
    }
  }
  for (; i < n; ++i) {
    low[0] = t[i] < low[0] ? t[i] : low[0];
    high[0] = t[i] > high[0] ? t[i] : high[0];
  }
  for (size_t lane = 0; lane < 4; ++lane) {
    t_min = low[lane] < t_min ? low[lane] : t_min;
    t_max = high[lane] > t_max ? high[lane] : t_max;
  }
}

size_t select_box(const Box& box, size_t n, uint32_t* kept) noexcept {
  size_t count = 0;
  uint8_t flags[kBlock];
  for (size_t begin = 0; begin < n; begin += kBlock) {
    const size_t rows = n - begin < kBlock ? n - begin : kBlock;
    for (size_t i = 0; i < rows; ++i) flags[i] = 1;
    if (box.t != nullptr) keep_between(box.t + begin, rows, box.t_begin, box.t_last, flags);
    if (box.x != nullptr) keep_within(box.x + begin, rows, box.x_begin, box.x_end, flags);
    if (box.y != nullptr) keep_within(box.y + begin, rows, box.y_begin, box.y_end, flags);
    if (box.polarity != nullptr) {
      const int8_t* polarity = box.polarity + begin;
      for (size_t i = 0; i < rows; ++i) {
        flags[i] &= static_cast<uint8_t>(polarity[i] == box.wanted_polarity);
      }
    }
    for (size_t i = 0; i < rows; ++i) {
      kept[count] = static_cast<uint32_t>(begin + i);
      count += flags[i];
    }
  }
  return count;
}

}  // namespace evarrow::kernels
