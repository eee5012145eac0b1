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
  // The end of x and y.
  int32_t width() const noexcept { return width_; }
  int32_t height() const noexcept { return height_; }
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

// An event as a loop over records hands it on. Not plain: there is something about the record that
// only the slow way knows.
struct PlainEvent {
  bool is_plain = false;
  int32_t x = 0, y = 0;
  int64_t t = 0;
  uint32_t polarity_bit = 0;
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

  size_t room() const noexcept { return columns_.room(); }
  // Whether an event becomes a row: those of a word that has several need room for just these.
  bool keeps(int32_t x, int32_t y) const noexcept { return bounds_.keeps(x, y); }

  // Takes events inside the sensor, `next(0)` to `next(most - 1)`, up to the first one that is not
  // plain or has no room; returns how many.
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return kernels::has_all(columns_) ? put_plain_in<true>(most, next)
                                      : put_plain_in<false>(most, next);
  }

  void commit() noexcept { evarrow::commit(events_, columns_); }

  // For loops that write rows of events inside the sensor themselves.
  kernels::Columns& columns() noexcept { return columns_; }

 private:
  template <bool kWithAll, typename Next>
  size_t put_plain_in(size_t most, Next next) noexcept {
    kernels::Columns columns = columns_;  // a copy that no store can change
    if constexpr (kWithAll) {
      columns.x_stride = columns.y_stride = columns.t_stride = columns.polarity_stride = 1;
    }
    const int8_t off = off_;
    const size_t begin = columns.size;
    const size_t end = begin + std::min(most, columns.room());
    while (columns.size < end) {
      const PlainEvent event = next(columns.size - begin);
      if (!event.is_plain) break;
      columns.put(static_cast<int16_t>(event.x), static_cast<int16_t>(event.y), event.t,
                  kernels::polarity_of(event.polarity_bit, off));
    }
    columns_.size = columns.size;
    return columns.size - begin;
  }

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

  size_t room() const noexcept { return SIZE_MAX; }
  bool keeps(int32_t x, int32_t y) const noexcept { return bounds_.keeps(x, y); }

  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    int64_t t_min = summary_.t_min;
    int64_t t_max = summary_.t_max;
    size_t n = 0;
    for (; n < most; ++n) {
      const PlainEvent event = next(n);
      if (!event.is_plain) break;
      t_min = std::min(t_min, event.t);
      t_max = std::max(t_max, event.t);
    }
    summary_.events += n;
    summary_.t_min = t_min;
    summary_.t_max = t_max;
    return n;
  }

  Summary& summary() noexcept { return summary_; }

 private:
  Summary& summary_;
  Bounds bounds_;
};

}  // namespace evarrow
