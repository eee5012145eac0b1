// SPDX-License-Identifier: Apache-2.0
// A frame of a DAVIS in AEDAT 2: two readings of each of its pixels, a word each, among the words
// of events.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "formats/aedat/jaer_words.h"
#include "formats/aedat/measures.h"

namespace evarrow::aedat {

// 31 | 30..22 y | 21..12 x | 11..10 which one: 0 after the reset, 1 of the signal | 9..0 the value
constexpr bool is_signal(uint32_t address) noexcept { return (address >> 10 & 1) != 0; }
constexpr uint32_t reading_value(uint32_t address) noexcept { return address & 0x3FF; }
constexpr uint32_t pixel_of(uint32_t address) noexcept { return address >> 12 & 0x7'FFFF; }

// What is known of a frame whose readings come one by one. It begins with a reading after the
// reset, and ends when each pixel of the sensor has given its signal or, if that never is, before
// its first reading comes again.
class Readings {
 public:
  bool is_open() const noexcept { return resets_ != 0; }
  // Whether this reading is one of the next frame.
  bool begins_next(uint32_t address) const noexcept {
    return is_open() && !is_signal(address) && pixel_of(address) == first_pixel_;
  }
  // `now`: the clock of the word.
  void add(uint32_t address, uint32_t now, uint64_t offset) noexcept {
    const auto x = static_cast<uint16_t>(Davis::x(address));
    const auto y = static_cast<uint16_t>(Davis::y(address));
    if (!is_open()) begin(address, now, offset);
    left_ = std::min(left_, x);
    top_ = std::min(top_, y);
    right_ = std::max(right_, x);
    bottom_ = std::max(bottom_, y);
    if (is_signal(address)) {
      if (signals_++ == 0) first_signal_ = now;
    } else {
      ++resets_;
      last_reset_ = now;
      is_rolling_ |= signals_ != 0;
    }
  }
  bool has_signals_of(uint64_t pixels) const noexcept { return pixels != 0 && signals_ == pixels; }
  // Whether it has both readings of all pixels of a rectangle.
  bool is_whole() const noexcept {
    return resets_ == signals_ && signals_ == uint64_t{width()} * height();
  }
  // Whether none came before it: a recording may begin in the middle of one.
  bool is_first() const noexcept { return !follows_another_; }
  uint64_t offset() const noexcept { return offset_; }
  uint64_t count() const noexcept { return uint64_t{resets_} + signals_; }
  void close() noexcept {
    *this = {};
    follows_another_ = true;
  }

  // The frame, in readings that end before byte `end`; the clock stands at `now`, which is time t.
  // A shutter that rolls exposes the first pixel from its reset on; else all begin once the last
  // one is reset.
  Frame frame(int64_t t, uint32_t now, uint64_t end) const noexcept {
    const auto time_of = [&](uint32_t clock) { return t + static_cast<int32_t>(clock - now); };
    return {.begin = time_of(is_rolling_ ? first_reset_ : last_reset_),
            .end = time_of(first_signal_),
            .left = static_cast<int16_t>(left_),
            .top = static_cast<int16_t>(top_),
            .place = {.width = static_cast<int16_t>(width()),
                      .height = static_cast<int16_t>(height()),
                      .channels = 1,
                      .bits = 16,
                      .offset = static_cast<int64_t>(offset_),
                      .size = static_cast<int64_t>(end - offset_)}};
  }

  // As words of a decoder's state.
  static constexpr size_t kWords = 5;
  std::array<uint64_t, kWords> state() const noexcept {
    return {
        offset_, uint64_t{first_reset_} | uint64_t{last_reset_} << 32,
        uint64_t{first_signal_} | uint64_t{first_pixel_} << 32 | uint64_t{is_rolling_} << 62 |
            uint64_t{follows_another_} << 63,
        uint64_t{resets_} | uint64_t{signals_} << 32,
        uint64_t{left_} | uint64_t{top_} << 16 | uint64_t{right_} << 32 | uint64_t{bottom_} << 48};
  }
  void set_state(const std::array<uint64_t, kWords>& words) noexcept {
    const auto low = [](uint64_t word) { return static_cast<uint32_t>(word); };
    const auto high = [](uint64_t word) { return static_cast<uint32_t>(word >> 32); };
    offset_ = words[0];
    first_reset_ = low(words[1]);
    last_reset_ = high(words[1]);
    first_signal_ = low(words[2]);
    first_pixel_ = high(words[2]) & 0x7'FFFF;
    is_rolling_ = (words[2] >> 62 & 1) != 0;
    follows_another_ = words[2] >> 63 != 0;
    resets_ = low(words[3]);
    signals_ = high(words[3]);
    left_ = words[4] & 0x3FF;
    top_ = words[4] >> 16 & 0x1FF;
    right_ = words[4] >> 32 & 0x3FF;
    bottom_ = words[4] >> 48 & 0x1FF;
  }

 private:
  void begin(uint32_t address, uint32_t now, uint64_t offset) noexcept {
    offset_ = offset;
    first_pixel_ = pixel_of(address);
    first_reset_ = now;
    left_ = right_ = static_cast<uint16_t>(Davis::x(address));
    top_ = bottom_ = static_cast<uint16_t>(Davis::y(address));
  }
  uint32_t width() const noexcept { return right_ - left_ + 1U; }
  uint32_t height() const noexcept { return bottom_ - top_ + 1U; }

  uint64_t offset_ = 0;                                           // of its first word
  uint32_t first_reset_ = 0, last_reset_ = 0, first_signal_ = 0;  // the clock then
  uint32_t first_pixel_ = 0;
  uint32_t resets_ = 0, signals_ = 0;  // readings; a frame that is open has one of a reset
  uint16_t left_ = 0, top_ = 0, right_ = 0, bottom_ = 0;  // of its pixels, all inclusive
  bool is_rolling_ = false;  // pixels were reset after others had given their signal
  bool follows_another_ = false;
};

}  // namespace evarrow::aedat
