// SPDX-License-Identifier: Apache-2.0
// The fast part of EVT 3.0: rows, columns, vectors and times, several words at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"

namespace evarrow::kernels {

// A stream that has begun and is in a row of events inside the sensor.
struct Evt3State {
  int64_t lap_time;  // microseconds: the epoch
  uint32_t high, low;
  uint32_t y;
  uint32_t base;           // x of the next bit of a vector
  uint32_t base_polarity;  // a bit
  bool has_base;
  uint32_t width;  // events at or past it are left to the caller; likewise height
  uint32_t height;
  int8_t off;  // polarity of an OFF event

  int64_t time() const noexcept {
    return lap_time + (static_cast<int64_t>(high) << 12 | static_cast<int64_t>(low));
  }
};

// The events of a vector.
inline Pixels pixels_of(const Evt3State& state, int64_t t, uint32_t bits) noexcept {
  return {.bits = bits,
          .x = state.base,
          .y = state.y,
          .t = t,
          .polarity = polarity_of(state.base_polarity, state.off)};
}

// Reads words from the front of `bytes` while they are of the common types, inside the sensor,
// time does not go to another lap and their rows surely fit. Returns the words read.
using Evt3Kernel = size_t (*)(const std::byte* bytes, size_t words, Columns& out,
                              Evt3State& state) noexcept;

// The best for this machine, or null.
Evt3Kernel evt3_kernel() noexcept;

size_t evt3_sse4(const std::byte* bytes, size_t words, Columns& out, Evt3State& state) noexcept;
size_t evt3_avx512(const std::byte* bytes, size_t words, Columns& out, Evt3State& state) noexcept;

}  // namespace evarrow::kernels
