// SPDX-License-Identifier: Apache-2.0
// What becomes of the events of a decoder without loops of its own: rows, or a summary of them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "evarrow/format.h"
#include "formats/cursor.h"

namespace evarrow {

// The sensor that events are held against; one of unknown size reaches as far as a column.
class Bounds {
 public:
  Bounds(const Header& header, bool drop) : drop_(drop) {
    const bool known = header.width > 0 && header.height > 0;
    width_ = known ? header.width : kColumnEnd;
    height_ = known ? header.height : kColumnEnd;
  }

  bool is_outside(int32_t x, int32_t y) const noexcept {
    return x < 0 || x >= width_ || y < 0 || y >= height_;
  }
  bool keeps(int32_t x, int32_t y) const noexcept {
    return !is_outside(x, y) || keeps_outside(x, y);
  }
  // What does not fit a column cannot be kept.
  bool keeps_outside(int32_t x, int32_t y) const noexcept {
    return !drop_ && x >= -kColumnEnd && x < kColumnEnd && y >= -kColumnEnd && y < kColumnEnd;
  }

 private:
  static constexpr int32_t kColumnEnd = INT16_MAX + 1;

  int32_t width_, height_;
  bool drop_;
};

class RowSink {
 public:
  RowSink(Batch* events, ScratchLines& scratch, const Bounds& bounds, int8_t off, Faults& faults)
      : events_(events),
        columns_(columns_of(events, scratch)),
        bounds_(bounds),
        off_(off),
        faults_(faults) {}

  // Takes the event of the word at `offset`. False if there is no room for its row.
  bool put(int32_t x, int32_t y, int64_t t, uint32_t polarity_bit, uint64_t offset) noexcept {
    const bool outside = bounds_.is_outside(x, y);
    const bool kept = !outside || bounds_.keeps_outside(x, y);
    if (kept && columns_.room() == 0) return false;
    if (outside) faults_.add(FaultKind::kOutOfSensor, offset);
    if (kept) {
      columns_.put(static_cast<int16_t>(x), static_cast<int16_t>(y), t,
                   kernels::polarity_of(polarity_bit, off_));
    }
    return true;
  }

  void commit() noexcept { evarrow::commit(events_, columns_); }

 private:
  Batch* events_;
  kernels::Columns columns_;
  Bounds bounds_;
  int8_t off_;
  Faults& faults_;
};

class SummarySink {
 public:
  SummarySink(Summary& summary, const Bounds& bounds) : summary_(summary), bounds_(bounds) {}

  bool put(int32_t x, int32_t y, int64_t t, uint32_t /*polarity_bit*/,
           uint64_t /*offset*/) noexcept {
    if (!bounds_.keeps(x, y)) return true;
    ++summary_.events;
    summary_.t_min = std::min(summary_.t_min, t);
    summary_.t_max = std::max(summary_.t_max, t);
    return true;
  }

 private:
  Summary& summary_;
  Bounds bounds_;
};

}  // namespace evarrow
