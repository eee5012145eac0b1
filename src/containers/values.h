// SPDX-License-Identifier: Apache-2.0
// Numbers as they are stored, to the values of columns.
#pragma once

#include <array>
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
  uint8_t first_bit = 0;  // as in StoredColumn
  uint8_t bits = 0;
  bool inverted = false;

  StoredValues from(size_t i) const noexcept {
    StoredValues rest = *this;
    rest.first += i * step;
    return rest;
  }
};

size_t width_of(Stored type) noexcept;

// Each writes `n` values and returns how many of them could not be held or are no number: those
// become the nearest value that can, or 0.
size_t to_int16(const StoredValues& from, size_t n, int32_t shift, int16_t* to) noexcept;
// Of any convention: what is greater than 0 is ON.
size_t to_polarity(const StoredValues& from, size_t n, int8_t off, int8_t* to) noexcept;
// Of measurements: what is stored, times `unit`.
void to_measure(const StoredValues& from, size_t n, double unit, double* to) noexcept;
// `epoch` is added last.
size_t to_time(const StoredValues& from, size_t n, const TimeRule& rule, int64_t epoch,
               int64_t* to) noexcept;

// Where the columns of events go.
struct DecodedColumns {
  int16_t* x = nullptr;
  int16_t* y = nullptr;
  int64_t* t = nullptr;
  int8_t* polarity = nullptr;
};

// Writes the columns of `n` records of events in one pass, with `added` to every time. False if
// they are not laid out as most are, or if one of their numbers needs care: what was written then
// means nothing, and the functions above do it.
bool to_events(const std::array<StoredValues, 4>& from, size_t n, int64_t added, int8_t off,
               const DecodedColumns& to) noexcept;
// Whether that is worth a try: times are microseconds, which `added` moves.
bool is_plain(const TimeRule& rule, int64_t epoch) noexcept;

}  // namespace evarrow
