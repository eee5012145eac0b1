// SPDX-License-Identifier: Apache-2.0
// What becomes of events and triggers: rows, or a summary of them.
#pragma once

#include "formats/aedat/signals.h"
#include "formats/event_sink.h"

namespace evarrow::aedat {

// Calls that return false have found no room.
class Rows {
 public:
  Rows(const Batches& out, ScratchLines& scratch, const Bounds& bounds, int8_t off, Faults& faults)
      : events_(out.events, scratch, bounds, off, faults), triggers_(out.triggers), off_(off) {}

  bool put(int32_t x, int32_t y, int64_t t, uint32_t polarity_bit, uint64_t offset) noexcept {
    return events_.put(x, y, t, polarity_bit, offset);
  }
  bool put_trigger(int64_t t, Signal signal) noexcept {
    return append_row(triggers_, t, signal.id, kernels::polarity_of(signal.on ? 1 : 0, off_));
  }
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return events_.put_plain(most, next);
  }
  void commit() noexcept { events_.commit(); }

 private:
  RowSink events_;
  Batch* triggers_;
  int8_t off_;
};

class Count {
 public:
  Count(Summary& summary, const Bounds& bounds) : summary_(summary), events_(summary, bounds) {}

  bool put(int32_t x, int32_t y, int64_t t, uint32_t polarity_bit, uint64_t offset) noexcept {
    return events_.put(x, y, t, polarity_bit, offset);
  }
  bool put_trigger(int64_t /*t*/, Signal /*signal*/) noexcept {
    ++summary_.triggers;
    return true;
  }
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return events_.put_plain(most, next);
  }

 private:
  Summary& summary_;
  SummarySink events_;
};

}  // namespace evarrow::aedat
