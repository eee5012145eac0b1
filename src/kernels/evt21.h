// SPDX-License-Identifier: Apache-2.0
// The fast part of EVT 2.1: event words and clock words.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"
#include "kernels/count.h"

namespace evarrow::kernels {

struct Evt21State {
  int64_t base;    // microseconds: the epoch and the last TIME_HIGH
  uint32_t high;   // the last TIME_HIGH
  uint32_t width;  // words with events at or past it are left to the caller; likewise height
  uint32_t height;
  int8_t off;   // polarity of an OFF event
  bool legacy;  // the halves of a word are exchanged
};

// Reads words from the front of `bytes` while they are events inside the sensor and clock words
// that do not step back, and their rows surely fit. Returns the words read.
using Evt21Kernel = size_t (*)(const std::byte* bytes, size_t words, Columns& out,
                               Evt21State& state) noexcept;

// Reads what an Evt21Kernel reads and adds it to `count`. Returns the words read.
using Evt21Counter = size_t (*)(const std::byte* bytes, size_t words, Evt21State& state,
                                Count& count) noexcept;

// The best for this machine, or null.
Evt21Kernel evt21_kernel() noexcept;
Evt21Counter evt21_counter() noexcept;

size_t evt21_sse4(const std::byte* bytes, size_t words, Columns& out, Evt21State& state) noexcept;
size_t evt21_avx512(const std::byte* bytes, size_t words, Columns& out, Evt21State& state) noexcept;
size_t evt21_count_sse4(const std::byte* bytes, size_t words, Evt21State& state,
                        Count& count) noexcept;
size_t evt21_count_avx512(const std::byte* bytes, size_t words, Evt21State& state,
                          Count& count) noexcept;

}  // namespace evarrow::kernels
