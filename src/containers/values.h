// SPDX-License-Identifier: Apache-2.0
// Numbers as they are stored, to the values of columns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evarrow/chunk_plan.h"

namespace evarrow {

// Numbers of one type, `step` bytes apart.
struct StoredValues {
  const std::byte* first = nullptr;
  size_t step = 0;
  Stored type = Stored::kInt64;
  bool big_endian = false;

  StoredValues from(size_t i) const noexcept { return {first + i * step, step, type, big_endian}; }
};

size_t width_of(Stored type) noexcept;

// Each writes `n` values and returns how many of them could not be held or are no number: those
// become the nearest value that can, or 0.
size_t to_int16(const StoredValues& from, size_t n, int32_t shift, int16_t* to) noexcept;
// Of any convention: what is greater than 0 is ON.
size_t to_polarity(const StoredValues& from, size_t n, int8_t off, int8_t* to) noexcept;
// `epoch` is added last.
size_t to_time(const StoredValues& from, size_t n, const TimeRule& rule, int64_t epoch,
               int64_t* to) noexcept;

}  // namespace evarrow
