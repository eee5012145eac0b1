// SPDX-License-Identifier: Apache-2.0
// EVT 2.0 words by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>

#include "support/decode.h"

namespace evarrow::test::evt2 {

using Words = std::vector<uint32_t>;

constexpr uint32_t word(uint32_t type, uint32_t us, uint32_t content) {
  return type << 28 | (us & 0x3F) << 22 | content;
}
constexpr uint32_t off(uint32_t us, uint32_t x, uint32_t y) { return word(0x0, us, x << 11 | y); }
constexpr uint32_t on(uint32_t us, uint32_t x, uint32_t y) { return word(0x1, us, x << 11 | y); }
constexpr uint32_t time_high(int64_t us) {
  return 0x8000'0000 | static_cast<uint32_t>(us >> 6 & 0x0FFF'FFFF);
}
// With the bits that mean nothing set.
constexpr uint32_t trigger(uint32_t us, uint32_t id, uint32_t value) {
  return word(0xA, us, 0x3F'E0FE | id << 8 | value);
}
constexpr uint32_t imu(uint32_t us) { return word(0xD, us, 0x1'2345); }
constexpr uint32_t other(uint32_t us, uint32_t subtype) {
  return word(0xE, us, 0x1'0000 | subtype);
}
constexpr uint32_t continued(uint32_t bits) { return 0xF000'0000 | bits; }

// How the words are to be read.
struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
};

inline const Format& format() { return *find_format("evt2"); }

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

// One word after another.
class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(how) {}

  Rows read(const Words& words) {
    for (const uint32_t w : words) {
      take(w);
      offset_ += 4;
    }
    return rows_;
  }

 private:
  void take(uint32_t w) {
    switch (w >> 28) {
      case 0x0:
      case 0x1:
        return take_event(w);
      case 0x8:
        take_time_high(w & 0x0FFF'FFFF);
        break;
      case 0xA:
        if (started_) {
          rows_.triggers.emplace_back(time(w), w >> 8 & 0x1F, (w & 1) != 0 ? 1 : how_.off);
        } else {
          rows_.add_fault(FaultKind::kBeforeClock, offset_);
        }
        break;
      case 0xE:
        subtype_ = started_ ? static_cast<int>(w & 0xFFFF) : -1;
        rate_time_ = time(w);
        return;
      case 0xF:
        if (subtype_ == 0x14 || subtype_ == 0x16) {
          rows_.rates.emplace_back(rate_time_, w & 0x3F'FFFF, subtype_ == 0x16 ? 1 : 0);
        }
        break;
      case 0xD:
        break;
      default:
        rows_.add_fault(FaultKind::kUnknownWord, offset_);
    }
    subtype_ = -1;
  }

  void take_event(uint32_t w) {
    const auto x = static_cast<int>(w >> 11 & 0x7FF);
    const auto y = static_cast<int>(w & 0x7FF);
    if (!started_) return rows_.add_fault(FaultKind::kBeforeClock, offset_);
    const bool known = how_.width > 0 && how_.height > 0;
    if (known && (x >= how_.width || y >= how_.height)) {
      rows_.add_fault(FaultKind::kOutOfSensor, offset_);
      if (how_.drop) return;
    }
    rows_.events.push_back(
        {.t = time(w), .x = x, .y = y, .polarity = w >> 28 == 1 ? 1 : int{how_.off}});
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
  bool started_ = false;
  int64_t laps_ = 0;
  uint32_t high_ = 0;
  int subtype_ = -1;  // of the OTHER that a CONTINUED may follow
  int64_t rate_time_ = 0;
};

// Uniform random words: every type, reserved ones too, in every order.
inline Words random_words(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Words words(n);
  for (uint32_t& w : words) w = static_cast<uint32_t>(random());
  return words;
}

// Words as of a camera: events with a TIME_HIGH now and then; one word in `oddity` is any word.
inline Words camera_words(size_t n, uint32_t oddity, uint32_t seed) {
  std::mt19937 random(seed);
  Words words = {time_high(5'000'000)};
  int64_t now = 5'000'000;
  while (words.size() < n) {
    if (random() % oddity == 0) words.push_back(static_cast<uint32_t>(random()));
    const int64_t before = now;
    now += static_cast<int64_t>(random() % 4);
    if (now >> 6 != before >> 6 || random() % 64 == 0) words.push_back(time_high(now));
    words.push_back(word(static_cast<uint32_t>(random() % 2), static_cast<uint32_t>(now),
                         static_cast<uint32_t>((random() % 640) << 11 | random() % 480)));
  }
  return words;
}

}  // namespace evarrow::test::evt2
