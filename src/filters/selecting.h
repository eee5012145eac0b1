// SPDX-License-Identifier: Apache-2.0
// Filters that keep or drop each event when it comes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "evarrow/filter.h"
#include "filters/mover.h"

namespace evarrow {

// The columns of up to kBlockRows events.
struct EventColumns {
  const int16_t* x;
  const int16_t* y;
  const int64_t* t;
  const int8_t* polarity;
};

inline EventColumns columns_at(const EventBatch& events, size_t begin) noexcept {
  return {events.x() + begin, events.y() + begin, events.t() + begin, events.polarity() + begin};
}

// Sets bit i of `bits` to keep(i), for i from 0 up to n in this order, and clears the bits behind
// of the last word. Returns how many are set.
template <typename Keep>
size_t fill_bits(size_t n, uint64_t* bits, Keep keep) {
  size_t count = 0;
  for (size_t i = 0; i < n; i += kernels::kWordRows) {
    const size_t rows = std::min(kernels::kWordRows, n - i);
    uint64_t word = 0;
    for (size_t row = 0; row < rows; ++row) {
      word |= static_cast<uint64_t>(static_cast<bool>(keep(i + row))) << row;
    }
    bits[i / kernels::kWordRows] = word;
    count += static_cast<size_t>(std::popcount(word));
  }
  return count;
}

class SelectingFilter : public Filter {
 public:
  using Filter::Filter;

 private:
  // Sets a bit for each of the n events that is kept, and clears the others up to the end of the
  // word; returns how many are kept. 0 < n <= kBlockRows.
  virtual size_t select(const EventColumns& events, size_t n, uint64_t* bits) = 0;
  // Leaves out those of the n events from row `begin` on that are not for select(); moves the rest
  // to row `begin` and on, and returns how many they are.
  virtual size_t admit(EventBatch& /*events*/, size_t /*begin*/, size_t n) { return n; }
  // Writes other values into the n events from row `begin` on, of which select() sees the new ones.
  virtual void change(EventBatch& /*events*/, size_t /*begin*/, size_t /*n*/) {}

  void run(EventBatch& events) final;

  RowMover mover_;
  BlockBits bits_{};

 protected:
  // For admit(): moves those whose bit is set.
  void move(EventBatch& events, size_t begin, size_t n, const uint64_t* bits, size_t kept) {
    mover_.move(events, begin, n, bits, kept, events, begin);
  }
};

// One that remembers something of each pixel: it sees only events inside of the sensor.
class SensorFilter : public SelectingFilter {
 public:
  // Throws Error(kArgument) for a sensor without pixels or with too many.
  SensorFilter(std::string_view name, const Sensor& sensor, FilterTraits traits = {});

  const Sensor& sensor() const noexcept { return sensor_; }

 private:
  size_t admit(EventBatch& events, size_t begin, size_t n) final;
  [[noreturn]] void throw_outside(const EventBatch& events, size_t row) const;

  Sensor sensor_;
};

}  // namespace evarrow
