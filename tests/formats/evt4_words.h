// SPDX-License-Identifier: Apache-2.0
// EVT 4.0 words by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>

#include "support/decode.h"

namespace evarrow::test::evt4 {

using Words = std::vector<uint32_t>;

constexpr uint32_t word(uint32_t type, uint32_t us, uint32_t content) {
  return type << 28 | (us & 0x3F) << 22 | content;
}
constexpr uint32_t off(uint32_t us, uint32_t x, uint32_t y) { return word(0xA, us, x << 11 | y); }
constexpr uint32_t on(uint32_t us, uint32_t x, uint32_t y) { return word(0xB, us, x << 11 | y); }
// The pixels are the next word.
constexpr uint32_t vector_off(uint32_t us, uint32_t x, uint32_t y) {
  return word(0xC, us, x << 11 | y);
}
constexpr uint32_t vector_on(uint32_t us, uint32_t x, uint32_t y) {
  return word(0xD, us, x << 11 | y);
}
constexpr uint32_t time_high(int64_t us) {
  return 0xE000'0000 | static_cast<uint32_t>(us >> 6 & 0x0FFF'FFFF);
}
constexpr uint32_t trigger(uint32_t us, uint32_t id, uint32_t value) {
  return word(0x9, us, id << 8 | value);
}
constexpr uint32_t other(uint32_t us, uint32_t subtype) { return word(0x6, us, subtype); }
constexpr uint32_t continued(uint32_t bits) { return 0x7000'0000 | bits; }
inline constexpr uint32_t kPadding = 0xFFFF'FFFF;

struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
};

inline const Format& format() { return *find_format("evt4"); }

inline std::unique_ptr<Decoder> make_decoder(Reading how = {}) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  return format().make_decoder(header, {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  return test::decode_with(decoder, format(), bytes, how);
}

inline Rows decode(const Words& words, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(words), presented);
}

class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(how) {}

  Rows read(const Words& words) {
    for (size_t i = 0; i < words.size(); ++i) {
      const uint32_t w = words[i];
      const uint32_t before = i == 0 || is_pixels_ ? 0 : words[i - 1];
      offset_ = 4 * i;
      is_pixels_ = before >> 28 == 0xC || before >> 28 == 0xD;
      if (is_pixels_) {
        take_vector(before, w);
      } else {
        take(w);
      }
    }
    return rows_;
  }

 private:
  void take(uint32_t w) {
    const uint32_t type = w >> 28;
    if (type == 0x7 && started_ && (subtype_ == 0x14 || subtype_ == 0x16)) {
      rows_.rates.emplace_back(rate_time_, w & 0x3F'FFFF, subtype_ == 0x16 ? 1 : 0);
    }
    subtype_ = type == 0x6 && started_ ? static_cast<int>(w & 0xFFFF) : -1;
    rate_time_ = time(w);
    if (type == 0xA || type == 0xB) return take_event(w, 0);
    if (type == 0xE) return take_time_high(w & 0x0FFF'FFFF);
    if (type == 0x9 && started_) {
      rows_.triggers.emplace_back(time(w), w >> 8 & 0x1F, (w & 1) != 0 ? 1 : how_.off);
    } else if (type == 0x9) {
      rows_.add_fault(FaultKind::kBeforeClock, offset_);
    } else if (type < 0x6 || type == 0x8) {
      rows_.add_fault(FaultKind::kUnknownWord, offset_);
    }
  }

  void take_vector(uint32_t head, uint32_t pixels) {
    for (uint32_t i = 0; i < 32; ++i) {
      if ((pixels >> i & 1) != 0) take_event(head, i);
    }
  }

  void take_event(uint32_t w, uint32_t right) {
    const auto x = static_cast<int>((w >> 11 & 0x7FF) + right);
    const auto y = static_cast<int>(w & 0x7FF);
    if (!started_) return rows_.add_fault(FaultKind::kBeforeClock, offset_);
    const bool known = how_.width > 0 && how_.height > 0;
    if (known && (x >= how_.width || y >= how_.height)) {
      rows_.add_fault(FaultKind::kOutOfSensor, offset_);
      if (how_.drop) return;
    }
    rows_.events.push_back(
        {.t = time(w), .x = x, .y = y, .polarity = (w >> 28 & 1) != 0 ? 1 : int{how_.off}});
  }

  void take_time_high(uint32_t high) {
    if (started_ && high < high_ && high_ - high > 0x800'0000) ++laps_;
    high_ = high;
    started_ = true;
  }

  int64_t time(uint32_t w) const {
    return laps_ * 17'179'869'184 + int64_t{high_} * 64 + int64_t{w >> 22 & 0x3F};
  }

  Reading how_;
  Rows rows_;
  uint64_t offset_ = 0;
  bool is_pixels_ = false;  // whether the word is the other half of a vector
  bool started_ = false;
  int64_t laps_ = 0;
  uint32_t high_ = 0;
  int subtype_ = -1;  // of the OTHER right before
  int64_t rate_time_ = 0;
};

// Uniform random words: every type, reserved ones too, in every order.
inline Words random_words(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Words words(n);
  for (uint32_t& w : words) w = static_cast<uint32_t>(random());
  return words;
}

}  // namespace evarrow::test::evt4
