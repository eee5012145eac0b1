// SPDX-License-Identifier: Apache-2.0
// The fast part of DAT: records of events, several at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"
#include "kernels/count.h"

namespace evarrow::kernels {

// Where x, y and polarity lie in the upper half of a record; the time is the lower half.
struct DatFields {
  uint32_t x_mask;
  uint32_t y_shift, y_mask;
  uint32_t on_shift, on_mask;  // not 0: ON
};

struct DatState {
  DatFields fields;
  int64_t epoch;   // microseconds, added to every time
  uint32_t last;   // the time of the record before
  uint32_t width;  // events at or past it are left to the caller; likewise height
  uint32_t height;
  int8_t off;  // polarity of an OFF event
};

// Reads records from the front of `bytes` while they are events inside the sensor, the clock does
// not start over, and their rows surely fit. Returns the records read: all but those in front of
// which it must stop, or which do not fill a group.
using DatKernel = size_t (*)(const std::byte* bytes, size_t words, Columns& out,
                             DatState& state) noexcept;

// Reads what a DatKernel reads and adds it to `count`. Returns the records read.
using DatCounter = size_t (*)(const std::byte* bytes, size_t words, DatState& state,
                              Count& count) noexcept;

// The best for this machine, never null.
DatKernel dat_kernel() noexcept;
DatCounter dat_counter() noexcept;

size_t dat_plain(const std::byte* bytes, size_t words, Columns& out, DatState& state) noexcept;
size_t dat_avx2(const std::byte* bytes, size_t words, Columns& out, DatState& state) noexcept;
size_t dat_avx512(const std::byte* bytes, size_t words, Columns& out, DatState& state) noexcept;
size_t dat_count_plain(const std::byte* bytes, size_t words, DatState& state,
                       Count& count) noexcept;
size_t dat_count_avx2(const std::byte* bytes, size_t words, DatState& state, Count& count) noexcept;
size_t dat_count_avx512(const std::byte* bytes, size_t words, DatState& state,
                        Count& count) noexcept;

}  // namespace evarrow::kernels
