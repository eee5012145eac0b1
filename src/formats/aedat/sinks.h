// SPDX-License-Identifier: Apache-2.0
// What becomes of events and triggers: rows, or a summary of them.
#pragma once

#include "formats/aedat/caer_words.h"
#include "formats/aedat/measures.h"
#include "formats/aedat/signals.h"
#include "formats/event_sink.h"

namespace evarrow::aedat {

// Calls that return false have found no room.
class Rows {
 public:
  Rows(const Batches& out, ScratchLines& scratch, const Bounds& bounds, int8_t off, Faults& faults)
      : events_(out.events, scratch, bounds, off, faults),
        triggers_(out.triggers),
        imu_(out.imu),
        frames_(out.frames),
        has_events_(out.events != nullptr),
        off_(off),
        faults_(faults) {}

  bool put(int32_t x, int32_t y, int64_t t, uint32_t polarity_bit, uint64_t offset) noexcept {
    return events_.put(x, y, t, polarity_bit, offset);
  }
  bool put_trigger(int64_t t, Signal signal) noexcept {
    return append_row(triggers_, t, signal.id, kernels::polarity_of(signal.on ? 1 : 0, off_));
  }
  bool put_sample(int64_t t, const Sample& sample) noexcept {
    const auto& [accel, gyro, mag, temperature] = sample;
    return append_row(imu_, t, accel[0], accel[1], accel[2], gyro[0], gyro[1], gyro[2], mag[0],
                      mag[1], mag[2], temperature);
  }
  bool put_frame(const Frame& frame) noexcept {
    const int64_t t = frame.begin + (frame.end - frame.begin) / 2;
    const FramePlace& place = frame.place;
    return append_row(frames_, t, frame.begin, frame.end, frame.left, frame.top, place.width,
                      place.height, place.channels, place.bits, place.offset, place.size);
  }
  // Says that the frame at `offset` cannot be; true if that matters to anyone.
  bool put_bad_frame(uint64_t offset) noexcept {
    if (frames_ == nullptr) return false;
    faults_.add(FaultKind::kCorrupt, offset);
    return true;
  }
  // Says that the events of the packet at `offset` have a size that their type has not; true if
  // that matters to anyone.
  bool put_bad_packet(uint16_t type, uint64_t offset) noexcept {
    const bool matters = type == kFrame      ? frames_ != nullptr
                         : type <= kPolarity ? has_events_ || triggers_ != nullptr
                                             : imu_ != nullptr;
    if (matters) faults_.add(FaultKind::kCorrupt, offset);
    return matters;
  }
  // Says that readings, the first at `offset`, are of a frame whose front is not there.
  void put_part_of_frame(uint64_t offset, uint64_t readings) noexcept {
    if (frames_ != nullptr) faults_.add(FaultKind::kBeforeClock, offset, readings);
  }
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return events_.put_plain(most, next);
  }
  void commit() noexcept { events_.commit(); }

 private:
  RowSink events_;
  Batch* triggers_;
  Batch* imu_;
  Batch* frames_;
  bool has_events_;
  int8_t off_;
  Faults& faults_;
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
  bool put_sample(int64_t /*t*/, const Sample& /*sample*/) noexcept { return true; }
  bool put_frame(const Frame& /*frame*/) noexcept { return true; }
  bool put_bad_frame(uint64_t /*offset*/) noexcept { return false; }
  bool put_bad_packet(uint16_t type, uint64_t /*offset*/) noexcept {
    if (type <= kPolarity) ++summary_.lost;
    return false;
  }
  void put_part_of_frame(uint64_t /*offset*/, uint64_t /*readings*/) noexcept {}
  template <typename Next>
  size_t put_plain(size_t most, Next next) noexcept {
    return events_.put_plain(most, next);
  }

 private:
  Summary& summary_;
  SummarySink events_;
};

}  // namespace evarrow::aedat
