// SPDX-License-Identifier: Apache-2.0
// What the encoders of words see of events: columns, and pixels of a row that fit into one word.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "formats/encoding.h"
#include "formats/fast_rows.h"

namespace evarrow {

// Events that follow one another and are pixels from `base` on: bit i is the one at base + i.
struct PixelRun {
  uint32_t bits = 0;
  size_t n = 0;
};

// Whether event `at` lies in the row of event `i`, at the same time and with the same polarity,
// behind `x` and before `x_end`. All is asked at once: no processor could foresee each answer.
inline bool goes_on(const EncodedColumns& events, size_t i, size_t at, int32_t x,
                    int32_t x_end) noexcept {
  const bool in_group = (events.x[at] > x) & (events.x[at] < x_end);
  const bool in_row = (events.t[at] == events.t[i]) & (events.y[at] == events.y[i]);
  return (in_group & in_row) && is_same_polarity(events.polarity[at], events.polarity[i]);
}

// The events from `i` to `end` at most that share a row, each to the right of the one before it,
// and lie before `x_end`, which is up to `base` + 32.
inline PixelRun run_from(const EncodedColumns& events, size_t i, size_t end, int32_t base,
                         int32_t x_end) noexcept {
  int32_t last = events.x[i];
  PixelRun run = {.bits = 1U << (last - base), .n = 1};
  for (size_t at = i + 1; at < end && goes_on(events, i, at, last, x_end); ++at, ++run.n) {
    last = events.x[at];
    run.bits |= 1U << (last - base);
  }
  return run;
}

// Whether there may be `fewest` events or more in the run from `i` on: most often there are not,
// and then one look is enough.
inline bool may_have(size_t fewest, const EncodedColumns& events, size_t i, size_t end,
                     int32_t x_end) noexcept {
  const size_t at = i + fewest - 1;
  return at < end && goes_on(events, i, at, events.x[i], x_end);
}

}  // namespace evarrow
