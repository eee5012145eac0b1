// SPDX-License-Identifier: Apache-2.0
// Filters that keep or drop each event when it comes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

// Flags, 0 or 1, as bits of a word. Each multiplication moves those of eight bytes into one.
inline uint64_t pack_flags(const uint8_t* flags) noexcept {
  uint64_t word = 0;
  for (size_t i = 0; i < 8; ++i) {
    uint64_t eight = 0;
    std::memcpy(&eight, flags + 8 * i, 8);
    word |= (eight * 0x0102040810204080U >> 56) << 8 * i;
  }
  return word;
}

// Sets bit i of `bits` to keep(i), for i from 0 up to n in this order, and clears the bits behind
// of the last word. Returns how many are set.
template <typename Keep>
inline __attribute__((always_inline)) size_t fill_bits(size_t n, uint64_t* bits, Keep keep) {
  size_t count = 0;
  for (size_t i = 0; i < n; i += kernels::kWordRows) {
    const size_t rows = std::min(kernels::kWordRows, n - i);
    // Flags do not wait for each other as the bits of a word would.
    uint8_t flags[kernels::kWordRows];
    if (rows < kernels::kWordRows) std::memset(flags, 0, sizeof(flags));
    for (size_t row = 0; row < rows; ++row) {
      flags[row] = static_cast<uint8_t>(static_cast<bool>(keep(i + row)));
    }
    const uint64_t word = pack_flags(flags);
    bits[i / kernels::kWordRows] = word;
    count += static_cast<size_t>(std::popcount(word));
  }
  return count;
}

// Coordinates below 0 are large as unsigned numbers.
inline bool is_inside(const Sensor& sensor, int16_t x, int16_t y) noexcept {
  return static_cast<unsigned>(static_cast<uint16_t>(x) < sensor.width) &
         static_cast<unsigned>(static_cast<uint16_t>(y) < sensor.height);
}

// Throws Error(kArgument) for a sensor without pixels or with too many.
void check_sensor(const Sensor& sensor);

// Throws Error(kArgument) that names the event of this row, number `number` of all.
[[noreturn]] void throw_outside(const Filter& filter, const Sensor& sensor,
                                const EventBatch& events, size_t row, uint64_t number);

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

  Sensor sensor_;
};

}  // namespace evarrow
