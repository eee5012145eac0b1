// SPDX-License-Identifier: Apache-2.0
// Events in blocks that stay in the processor's cache, without those outside the sensor.
#pragma once

#include <array>

#include "evarrow/representation.h"
#include "kernels/cells.h"

namespace evarrow {

// Columns of events in somebody's memory.
struct CountedColumns {
  const int16_t* x = nullptr;
  const int16_t* y = nullptr;
  const int64_t* t = nullptr;
  const int8_t* polarity = nullptr;
};
CountedColumns columns_of(const EventBatch& events) noexcept;

// Hands rows to accumulators, block by block; one for each thread.
class Blocks {
 public:
  Blocks(Resolution resolution, Outside outside);

  // Rows [begin, end), of which the first is number `row` of its window. Returns how many of them
  // lie outside the sensor; those before row `fresh` are not counted. Throws Error(kArgument) if
  // that shall raise.
  uint64_t add(const CountedColumns& events, size_t begin, size_t end, size_t fresh, uint64_t row,
               Accumulator& accumulator);

 private:
  static constexpr size_t kRows = 2048;

  bool is_inside(const CountedColumns& events, size_t i) const noexcept {
    return events.x[i] >= 0 && events.y[i] >= 0 && events.x[i] < width_ && events.y[i] < height_;
  }
  bool add_inside(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                  Accumulator& accumulator);
  void add_runs(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                Accumulator& accumulator);
  void add_moved(const CountedColumns& events, size_t begin, size_t n, uint64_t row,
                 Accumulator& accumulator);

  const kernels::CellLoops& loops_;
  int32_t width_, height_;
  Outside outside_;
  std::array<uint32_t, kRows> cell_;
  std::array<int16_t, kRows> x_, y_;
};

}  // namespace evarrow
