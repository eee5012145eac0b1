// SPDX-License-Identifier: Apache-2.0
// The fast part of text: lines of plain numbers, the same separator between all of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"
#include "kernels/count.h"

namespace evarrow::kernels {

// Which fields of a line are which.
struct TextFields {
  uint32_t x, y, t, polarity;  // their numbers, from 0
  uint32_t count;              // of all fields, no more than kMostTextFields
  int32_t time_power;          // microseconds are times 10 to the power of this: 6, 3, 0 or -3
  bool has_point;              // whether times do
  bool has_sign;               // whether polarities may
  char separator;
  char last;  // what is behind the last field: CR or LF
};
inline constexpr size_t kMostTextFields = 6;

struct TextState {
  TextFields fields;
  int64_t epoch;   // microseconds, added to every time; no farther than 2^61 from 0
  uint32_t width;  // events at or past it are left to the caller; likewise height
  uint32_t height;
  int8_t off;  // polarity of an OFF event
};

// A piece of text, of which `size` bytes can be looked at.
struct Text {
  const char* bytes;
  size_t size;
};

// Reads lines from `at`, where one begins, while they begin before `end`, are plain numbers inside
// the sensor, and their rows fit. Returns where the first line begins that was not read. None is
// read that ends close to the end of the text.
using TextKernel = size_t (*)(Text text, size_t at, size_t end, Columns& out,
                              const TextState& state) noexcept;

// Reads what a TextKernel reads and adds it to `count`.
using TextCounter = size_t (*)(Text text, size_t at, size_t end, const TextState& state,
                               Count& count) noexcept;

// The best for this machine, or null.
TextKernel text_kernel() noexcept;
TextCounter text_counter() noexcept;

size_t text_sse4(Text text, size_t at, size_t end, Columns& out, const TextState& state) noexcept;
size_t text_avx2(Text text, size_t at, size_t end, Columns& out, const TextState& state) noexcept;
size_t text_avx512(Text text, size_t at, size_t end, Columns& out, const TextState& state) noexcept;
size_t text_count_sse4(Text text, size_t at, size_t end, const TextState& state,
                       Count& count) noexcept;
size_t text_count_avx2(Text text, size_t at, size_t end, const TextState& state,
                       Count& count) noexcept;
size_t text_count_avx512(Text text, size_t at, size_t end, const TextState& state,
                         Count& count) noexcept;

}  // namespace evarrow::kernels
