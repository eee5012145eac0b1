// SPDX-License-Identifier: Apache-2.0
// What the encoders share: appending words, merging triggers in, refusing rows that do not fit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

template <typename Word>
void append_word(std::vector<std::byte>& out, Word word) {
  const size_t at = out.size();
  out.resize(at + sizeof(Word));
  std::memcpy(out.data() + at, &word, sizeof(Word));
}

template <typename Word>
void append_word(EncodedBytes& out, Word word) {
  out.append(std::as_bytes(std::span(&word, 1)));
}

// A row of the "events", say; its number is counted from the first call.
struct RowName {
  const char* rows;
  uint64_t number;
};

[[noreturn]] inline void refuse_row(RowName row, const std::string& why) {
  throw RowError(row.rows, row.number, why);
}

[[noreturn]] inline void refuse_polarity(RowName row, int8_t polarity) {
  refuse_row(row, "polarity is " + std::to_string(int{polarity}) +
                      ", but must be -1 or 0 (OFF) or 1 (ON)");
}

// Refuses a frame that has other pixels than it says.
inline void check_pixels(RowName row, const Picture& picture) {
  const uint64_t bytes = picture.place.bytes();
  if (bytes != 0 && picture.pixels.size() == bytes) return;
  refuse_row(row, "its size, channels and bits are not those of its pixels");
}

// Rows of events and triggers in order of time; triggers come after events of the same time.
// `on_event(i)` and `on_trigger(i)` get the numbers of the rows in their batches.
template <typename OnEvent, typename OnTrigger>
void merge_rows(const EventBatch& events, const Batch& triggers, OnEvent on_event,
                OnTrigger on_trigger) {
  const auto* trigger_t = triggers.column<int64_t>(kTriggerT);
  size_t i = 0;
  size_t trigger = 0;
  try {
    for (; i < events.size(); ++i) {
      for (; trigger < triggers.size() && trigger_t[trigger] < events.t()[i]; ++trigger) {
        on_trigger(trigger);
      }
      on_event(i);
    }
    for (; trigger < triggers.size(); ++trigger) on_trigger(trigger);
  } catch (RowError& refused) {
    refused.set_place(i, trigger);
    throw;
  }
}

// The same, where events between two triggers go together: `on_events(begin, end)`, which says of a
// refused event which one it is.
template <typename OnEvents, typename OnTrigger>
void merge_runs(const EventBatch& events, const Batch& triggers, OnEvents on_events,
                OnTrigger on_trigger) {
  const auto* trigger_t = triggers.column<int64_t>(kTriggerT);
  size_t begin = 0;
  size_t trigger = 0;
  try {
    for (; trigger < triggers.size(); ++trigger) {
      size_t end = begin;
      while (end < events.size() && events.t()[end] <= trigger_t[trigger]) ++end;
      if (end != begin) on_events(begin, end);
      begin = end;
      on_trigger(trigger);
    }
    if (begin != events.size()) on_events(begin, events.size());
  } catch (RowError& refused) {
    const bool is_event = refused.stream() == "events";
    refused.set_place(is_event ? refused.next_event() - 1 : begin, trigger);
    throw;
  }
}

// -1 and 0 are both OFF.
constexpr bool is_same_polarity(int8_t a, int8_t b) {
  return a == b || (a == -1 && b == 0) || (a == 0 && b == -1);
}

constexpr bool is_polarity(int8_t value) { return value >= -1 && value <= 1; }

// The first event in [begin, end) whose polarity is none, or `end`.
inline size_t first_without_polarity(const EventBatch& events, size_t begin, size_t end) noexcept {
  const int8_t* polarity = events.polarity();
  // There hardly ever is one. Bytes, not truth values: compilers take many at a time.
  uint8_t greatest = 0;
  for (size_t i = begin; i < end; ++i) {
    greatest = std::max(greatest, static_cast<uint8_t>(polarity[i] + 1));
  }
  if (greatest <= 2) return end;
  while (is_polarity(polarity[begin])) ++begin;
  return begin;
}

// Refuses the first event whose polarity is none; `before` rows came in earlier calls.
inline void check_polarities(const EventBatch& events, uint64_t before) {
  const size_t wrong = first_without_polarity(events, 0, events.size());
  if (wrong == events.size()) return;
  refuse_polarity({.rows = "events", .number = before + wrong}, events.polarity()[wrong]);
}

// The limits of a format's fields, and how many rows were written.
class RowCheck {
 public:
  RowCheck(std::string format, int32_t x_end, int32_t y_end, int16_t id_end, uint64_t written = 0)
      : format_(std::move(format)),
        x_end_(x_end),
        y_end_(y_end),
        id_end_(id_end),
        events_(written) {}

  RowName event(const EventBatch& events, size_t i) {
    const RowName row = {.rows = "events", .number = events_};
    check_event(events, i, row);
    ++events_;
    return row;
  }

  // The same for a format that has times before 0.
  RowName pixel(const EventBatch& events, size_t i) {
    const RowName row = {.rows = "events", .number = events_};
    check_pixel(events, i, row);
    ++events_;
    return row;
  }

  // Refuses an event that the fields cannot hold; it is called `row`.
  void check_event(const EventBatch& events, size_t i, RowName row) const {
    check_pixel(events, i, row);
    check_time(row, events.t()[i]);
  }

  RowName trigger(const Batch& triggers, size_t i) {
    const RowName row = {.rows = "triggers", .number = triggers_};
    check_trigger(triggers, i, row);
    ++triggers_;
    return row;
  }

  void check_trigger(const Batch& triggers, size_t i, RowName row) const {
    const int id = triggers.column<int16_t>(kTriggerId)[i];
    if (id < 0 || id >= id_end_) refuse(row, "id", id, id_end_);
    check_time(row, triggers.column<int64_t>(kTriggerT)[i]);
  }

 private:
  [[noreturn]] void refuse(RowName row, const char* column, int32_t value, int32_t end) const {
    refuse_row(row, std::string(column) + " is " + std::to_string(value) + ", but " + format_ +
                        " holds 0 to " + std::to_string(end - 1));
  }
  void check_pixel(const EventBatch& events, size_t i, RowName row) const {
    const int32_t x = events.x()[i];
    const int32_t y = events.y()[i];
    const int8_t polarity = events.polarity()[i];
    if (x < 0 || x >= x_end_) refuse(row, "x", x, x_end_);
    if (y < 0 || y >= y_end_) refuse(row, "y", y, y_end_);
    if (!is_polarity(polarity)) refuse_polarity(row, polarity);
  }
  void check_time(RowName row, int64_t t) const {
    if (t >= 0) return;
    refuse_row(row, "t is " + std::to_string(t) + " us, but " + format_ +
                        " has no times before 0: read with origin=\"start\"");
  }

  std::string format_;
  int32_t x_end_, y_end_;
  int16_t id_end_;
  uint64_t events_;
  uint64_t triggers_ = 0;
};

// The TIME_HIGH words that bring a clock of `kBits` bits, as the decoders unwrap it, to a time.
// `kShift`: the bits of the time that are not in a TIME_HIGH word.
template <int kBits, int kShift>
class ClockWriter {
 public:
  ClockWriter() = default;
  // The clock behind a row of this time.
  explicit ClockWriter(int64_t t) noexcept : started_(true), high_(t >> kShift) {}

  int64_t high() const noexcept { return high_; }

  // Whether a row of this time needs no TIME_HIGH.
  bool is_at(int64_t t) const noexcept { return started_ && high_ == t >> kShift; }

  // Moves to another time if that takes one TIME_HIGH; else nothing changes, and it is false.
  bool step_to(int64_t t, int64_t longest_silence) noexcept {
    const int64_t high = t >> kShift;
    const bool one_word = high > high_ ? high - high_ <= longest_silence : can_step_back(high);
    if (!started_ || !one_word) return false;
    high_ = high;
    return true;
  }

  // Calls `emit(high)` for every TIME_HIGH needed before the word of `row`, whose time is `t`; true
  // if there was any.
  template <typename Emit>
  bool advance(RowName row, int64_t t, int64_t longest_silence, Emit emit) {
    const int64_t high = t >> kShift;
    if (!started_) {
      constexpr int64_t kMostLaps = 65'536;
      const int64_t laps = high >> kBits;
      if (laps > kMostLaps) refuse_late(row, t);
      if (laps != 0) emit(int64_t{0});
      for (int64_t lap = 0; lap < laps; ++lap) {
        // Forward by less than half the range each time, and down by all of it: what every
        // reader takes for one lap.
        for (const int64_t at : {kRange / 3, kRange / 3 * 2, kRange - 1, int64_t{0}}) emit(at);
      }
      started_ = true;
      if (laps != 0 && (high & (kRange - 1)) == 0) {
        high_ = high;
        return true;
      }
    } else if (high == high_) {
      return false;
    } else {
      // A step of half the range or more would be read as another lap.
      const int64_t step =
          high - high_ > kMostWords * longest_silence ? kRange / 4 : longest_silence;
      if (high < high_ && !can_step_back(high)) refuse_early(row, t);
      if ((high - high_) / step > kMostWords) refuse_late(row, t);
      for (int64_t at = high_ + step; at < high; at += step) emit(at & (kRange - 1));
    }
    high_ = high;
    emit(high & (kRange - 1));
    return true;
  }

 private:
  static constexpr int64_t kRange = int64_t{1} << kBits;
  static constexpr int64_t kMostWords = 1 << 20;

  // As far as no reader takes it for another lap.
  bool can_step_back(int64_t high) const noexcept {
    return high >> kBits == high_ >> kBits && high_ - high < kRange / 2;
  }

  [[noreturn]] static void refuse_late(RowName row, int64_t t) {
    refuse_row(row, "t is " + std::to_string(t) +
                        " us, too far from the row before it, or from 0, for the clock of the "
                        "format: read with origin=\"start\", or split the recording");
  }

  [[noreturn]] void refuse_early(RowName row, int64_t t) const {
    refuse_row(row, "t is " + std::to_string(t) +
                        " us, too far back from the row before it, or on the other side of a "
                        "restart of the format's clock, which is at " +
                        std::to_string(high_ << kShift) + " us: sort the rows by t");
  }

  bool started_ = false;
  int64_t high_ = 0;
};

}  // namespace evarrow
