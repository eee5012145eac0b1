// SPDX-License-Identifier: Apache-2.0
// What an EVT 3.0 stream carries from word to word.
#pragma once

#include <cstdint>

#include "evarrow/format.h"
#include "formats/evt3/words.h"

namespace evarrow::evt3 {

struct State {
  int64_t epoch = 0;
  uint32_t high = 0;  // of the last TIME_HIGH
  uint32_t low = 0;   // of the last TIME_LOW since TIME_HIGH changed
  uint32_t y = 0;
  uint32_t base = 0;           // x of the next bit of a vector
  uint32_t base_polarity = 0;  // a bit
  bool started = false;        // a TIME_HIGH has been seen; before it nothing counts
  bool has_row = false;        // so has an ADDR_Y
  bool has_base = false;       // so has a VECT_BASE_X
  bool other_row = false;      // the row is not one of events
  uint32_t subtype = 0;        // of the OTHERS whose payload is being read
  uint32_t payload = 0;        // of it so far
  uint32_t payload_words = 0;  // CONTINUED words that are still missing

  int64_t time() const noexcept {
    return epoch + (static_cast<int64_t>(high) << 12 | static_cast<int64_t>(low));
  }

  void set_high(uint32_t value) noexcept {
    if (started && value < high && high - value >= kHalfRange) epoch += kLap;
    if (!started || value != high) low = 0;
    high = value;
    started = true;
  }

  // Only the payloads of the rate counters are read; others leave no trace in the state.
  void begin_payload(uint32_t of) noexcept {
    if (of != kRateIn && of != kRateOut) return end_payload();
    subtype = of;
    payload = 0;
    payload_words = 3;
  }

  // Takes a CONTINUED word; true if the payload is complete now.
  bool add_payload(uint32_t bits) noexcept {
    if (payload_words == 0) return false;
    payload |= bits << 12 * (3 - payload_words);
    --payload_words;
    return payload_words == 0;
  }

  void end_payload() noexcept { subtype = payload = payload_words = 0; }

  bool rows_count() const noexcept { return started && has_row && !other_row; }
};

inline DecoderState pack(const State& s) noexcept {
  const uint64_t flags = (s.started ? 1U : 0U) | (s.has_row ? 2U : 0U) | (s.has_base ? 4U : 0U) |
                         (s.other_row ? 8U : 0U);
  return {
      .epoch = s.epoch,
      .words = {flags | uint64_t{s.high} << 8 | uint64_t{s.low} << 24 | uint64_t{s.y} << 40,
                uint64_t{s.base} | uint64_t{s.base_polarity} << 32,
                uint64_t{s.payload} | uint64_t{s.subtype} << 32 | uint64_t{s.payload_words} << 48}};
}

// Any bits give a state whose fields are in range.
inline State unpack(const DecoderState& state) noexcept {
  const auto bits = [&](size_t word, int from, uint64_t mask) {
    return static_cast<uint32_t>(state.words[word] >> from & mask);
  };
  State s;
  s.epoch = state.epoch;
  s.started = bits(0, 0, 1) != 0;
  s.has_row = bits(0, 1, 1) != 0;
  s.has_base = bits(0, 2, 1) != 0;
  s.other_row = bits(0, 3, 1) != 0;
  s.high = bits(0, 8, 0xFFF);
  s.low = bits(0, 24, 0xFFF);
  s.y = bits(0, 40, 0x7FF);
  s.base = bits(1, 0, 0xFFFF);
  s.base_polarity = bits(1, 32, 1);
  s.payload = bits(2, 0, 0xFFFF'FFFF);
  s.subtype = bits(2, 32, 0xFFF);
  s.payload_words = bits(2, 48, 3);
  return s;
}

}  // namespace evarrow::evt3
