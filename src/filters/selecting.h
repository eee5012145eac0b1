// SPDX-License-Identifier: Apache-2.0
// Filters that keep or drop each event when it comes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "evarrow/filter.h"
#include "filters/mover.h"

namespace evarrow {

inline EventSpan columns_at(const EventBatch& events, size_t begin) noexcept {
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

// How many events ahead the filters are told which one comes.
inline constexpr size_t kAhead = 16;

// keep(i), or keep(i, ahead) where it wants to know of an event further on.
template <typename Keep>
inline __attribute__((always_inline)) uint8_t flag_of(Keep& keep, size_t i, size_t ahead) {
  if constexpr (std::is_invocable_v<Keep&, size_t, size_t>) {
    return static_cast<uint8_t>(static_cast<bool>(keep(i, ahead)));
  } else {
    return static_cast<uint8_t>(static_cast<bool>(keep(i)));
  }
}

// All of the n events.
template <typename Keep>
inline __attribute__((always_inline)) void narrow_all(size_t n, uint64_t* bits, Keep& keep) {
  for (size_t i = 0; i < n; i += kernels::kWordRows) {
    const size_t rows = std::min(kernels::kWordRows, n - i);
    // Flags do not wait for each other as the bits of a word would.
    uint8_t flags[kernels::kWordRows];
    if (rows < kernels::kWordRows) std::memset(flags, 0, sizeof(flags));
    for (size_t row = 0; row < rows; ++row) {
      flags[row] = flag_of(keep, i + row, std::min(i + row + kAhead, n - 1));
    }
    bits[i / kernels::kWordRows] = pack_flags(flags);
  }
}

// Those of the n events whose bit is set. They are listed first, since how many of a word there are
// cannot be foretold.
template <typename Keep>
inline __attribute__((always_inline)) void narrow_some(size_t n, uint64_t* bits, Keep& keep) {
  std::array<uint16_t, kBlockRows + kAhead> rows;
  const size_t some = kernels::list_rows(bits, n, rows.data());
  if (some == 0) return;
  std::fill_n(rows.data() + some, kAhead, rows[some - 1]);
  std::array<uint8_t, kBlockRows> flags;
  std::memset(flags.data(), 0, words_of(n) * kernels::kWordRows);
  for (size_t i = 0; i < some; ++i) flags[rows[i]] = flag_of(keep, rows[i], rows[i + kAhead]);
  for (size_t word = 0; word < words_of(n); ++word) {
    bits[word] = pack_flags(flags.data() + word * kernels::kWordRows);
  }
}
static_assert(kAhead >= kernels::kListRoom);

// Clears the bits of those of the n events, kBlockRows at most, that are not kept. `keep` is called
// for each whose bit is set, in order.
template <typename Keep>
inline __attribute__((always_inline)) void narrow_bits(size_t n, uint64_t* bits, Keep keep) {
  if (count_bits(bits, n) == n) {
    narrow_all(n, bits, keep);
  } else {
    narrow_some(n, bits, keep);
  }
}

// Coordinates below 0 are large as unsigned numbers.
inline bool is_inside(const Sensor& sensor, int16_t x, int16_t y) noexcept {
  return static_cast<unsigned>(static_cast<uint16_t>(x) < sensor.width) &
         static_cast<unsigned>(static_cast<uint16_t>(y) < sensor.height);
}

// Throws Error(kArgument) for a sensor without pixels or with too many.
void check_sensor(const Sensor& sensor);

// Throws Error(kArgument) that names the event of this row, number `number` of all that came in.
[[noreturn]] void throw_outside(const Filter& filter, const Sensor& sensor,
                                const EventBatch& events, size_t row, uint64_t number);

// Rows of pixels, of which one thread of several decides.
struct Band {
  size_t number;
  int32_t begin;
  int32_t end;
};

class SelectingFilter : public Filter {
 public:
  using Filter::count;
  using Filter::Filter;

  // Whether it does nothing but leave out events, so that they need not be moved.
  bool only_selects() const noexcept { return traits().changes == 0; }

  // Clears the bits of those of the n events from row `begin` on that are left out, and counts.
  void select(const EventBatch& events, size_t begin, size_t n, uint64_t* bits);

 protected:
  // Clears the bits of those of the n events that are left out. 0 < n <= kBlockRows.
  virtual void narrow(const EventSpan& events, size_t n, uint64_t* bits) = 0;

 private:
  // Clears the bits of those that are not for narrow(); returns how many are left. The first whose
  // bit is set is number `number` of all.
  virtual size_t admit(const EventBatch& /*events*/, size_t /*begin*/, size_t n, uint64_t* bits,
                       uint64_t /*number*/) {
    return count_bits(bits, n);
  }
  // Writes other values into the n events from row `begin` on, of which narrow() sees the new ones.
  virtual void change(EventBatch& /*events*/, size_t /*begin*/, size_t /*n*/) {}

  void run(EventBatch& events) final;

  RowMover mover_;
};

// One that remembers something of each pixel: it sees only events inside of the sensor.
class SensorFilter : public SelectingFilter {
 public:
  // Throws Error(kArgument) for a sensor without pixels or with too many.
  SensorFilter(std::string_view name, const Sensor& sensor, FilterTraits traits = {});

  const Sensor& sensor() const noexcept { return sensor_; }

  // Of a filter that remembers kPixels: an event's fate depends on events no more than `reach()`
  // rows of pixels away, and threads share out the sensor in multiples of `grain()` rows.
  virtual int32_t reach() const noexcept { return 0; }
  virtual int32_t grain() const noexcept { return 1; }

  // Between the two, threads decide at once with select_band(), one for each of the bands, which
  // lie one behind the other and cover the sensor.
  virtual void part(const std::vector<Band>& /*bands*/) {}
  virtual void join(const std::vector<Band>& /*bands*/) {}

  // Sets in `out` the bits of those of the n events from row `begin` on that lie in the band and
  // are kept, if their bit is set in `in`; clears the others. Returns how many of them lie in the
  // band and have their bit set in `in`.
  size_t select_band(const Band& band, const EventBatch& events, size_t begin, size_t n,
                     const uint64_t* in, uint64_t* out);

 private:
  size_t admit(const EventBatch& events, size_t begin, size_t n, uint64_t* bits,
               uint64_t number) final;
  // As narrow(), of events in the band or no more than reach() beside it.
  virtual void narrow_band(size_t /*band*/, const EventSpan& events, size_t n, uint64_t* bits) {
    narrow(events, n, bits);
  }

  Sensor sensor_;
};

}  // namespace evarrow
