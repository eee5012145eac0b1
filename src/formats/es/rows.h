// SPDX-License-Identifier: Apache-2.0
// What becomes of the records of an Event Stream: rows of several streams, or a summary of them.
#pragma once

#include <cstdint>

#include "formats/es/words.h"
#include "formats/event_sink.h"

namespace evarrow::es {

// All calls return false if there is no room.
class Rows {
 public:
  Rows(const Batches& out, ScratchLines& scratch, const Bounds& bounds, int8_t off, Faults& faults)
      : events_(out.events, scratch, bounds, off, faults),
        exposures_(out.exposures),
        colors_(out.colors),
        bounds_(bounds),
        faults_(faults) {}

  bool put_change(const Place& at, uint32_t polarity_bit) noexcept {
    return events_.put(at.x, at.y, at.t, polarity_bit, at.offset);
  }

  bool put_crossing(const Place& at, uint32_t number) noexcept {
    if (bounds_.keeps(at.x, at.y) && !append_at(exposures_, at, static_cast<int8_t>(number))) {
      return false;
    }
    if (bounds_.is_outside(at.x, at.y)) faults_.add(FaultKind::kOutOfSensor, at.offset);
    return true;
  }

  // An event that is ON, and its colour beside it: both, or neither.
  bool put_color(const Place& at, const uint8_t* rgb) noexcept {
    if (colors_ != nullptr && colors_->room() == 0) return false;
    if (!put_change(at, 1)) return false;
    return !bounds_.keeps(at.x, at.y) ||
           append_at(colors_, at, int16_t{rgb[0]}, int16_t{rgb[1]}, int16_t{rgb[2]});
  }

  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return colors_ == nullptr ? events_.put_plain(most, next) : 0;
  }

  void commit() noexcept { events_.commit(); }

 private:
  template <typename... Values>
  static bool append_at(Batch* batch, const Place& at, Values... values) noexcept {
    return append_row(batch, static_cast<int16_t>(at.x), static_cast<int16_t>(at.y), at.t,
                      values...);
  }

  RowSink events_;
  Batch* exposures_;
  Batch* colors_;
  Bounds bounds_;
  Faults& faults_;
};

// Only events are counted.
class RowCount {
 public:
  RowCount(Summary& summary, const Bounds& bounds) : events_(summary, bounds) {}

  bool put_change(const Place& at, uint32_t polarity_bit) noexcept {
    return events_.put(at.x, at.y, at.t, polarity_bit, at.offset);
  }
  bool put_crossing(const Place& /*at*/, uint32_t /*number*/) noexcept { return true; }
  bool put_color(const Place& at, const uint8_t* /*rgb*/) noexcept { return put_change(at, 1); }
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return events_.put_plain(most, next);
  }

 private:
  SummarySink events_;
};

}  // namespace evarrow::es
