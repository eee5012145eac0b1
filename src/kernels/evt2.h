// SPDX-License-Identifier: Apache-2.0
// The fast part of EVT 2.0: runs of events and clock words, several at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"
#include "kernels/count.h"

namespace evarrow::kernels {

struct Evt2State {
  int64_t base;    // microseconds: the epoch and the last TIME_HIGH
  uint32_t high;   // the last TIME_HIGH
  uint32_t width;  // events at or past it are left to the caller; likewise height
  uint32_t height;
  int8_t off;               // polarity of an OFF event
  bool seen_clock = false;  // whether a clock word was read
};

// Reads whole groups of words from the front of `bytes` while they are events inside the sensor
// and clock words that do not step back, and their rows surely fit. Returns the words read.
using Evt2Kernel = size_t (*)(const std::byte* bytes, size_t words, Columns& out,
                              Evt2State& state) noexcept;

// Reads what an Evt2Kernel reads and adds it to `count`. Returns the words read.
using Evt2Counter = size_t (*)(const std::byte* bytes, size_t words, Evt2State& state,
                               Count& count) noexcept;

// The best for this machine, or null.
Evt2Kernel evt2_kernel() noexcept;
Evt2Counter evt2_counter() noexcept;

size_t evt2_avx2(const std::byte* bytes, size_t words, Columns& out, Evt2State& state) noexcept;
size_t evt2_avx512(const std::byte* bytes, size_t words, Columns& out, Evt2State& state) noexcept;
size_t evt2_count_avx2(const std::byte* bytes, size_t words, Evt2State& state,
                       Count& count) noexcept;
size_t evt2_count_avx512(const std::byte* bytes, size_t words, Evt2State& state,
                         Count& count) noexcept;

}  // namespace evarrow::kernels
