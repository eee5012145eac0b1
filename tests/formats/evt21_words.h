// SPDX-License-Identifier: Apache-2.0
// EVT 2.1 words by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>

#include "support/decode.h"

namespace evarrow::test::evt21 {

using Words = std::vector<uint64_t>;

constexpr uint64_t word(uint64_t type, uint64_t us, uint64_t control, uint64_t low) {
  return type << 60 | (us & 0x3F) << 54 | control << 32 | low;
}
constexpr uint64_t off(uint64_t us, uint64_t x, uint64_t y, uint64_t pixels) {
  return word(0x0, us, x << 11 | y, pixels);
}
constexpr uint64_t on(uint64_t us, uint64_t x, uint64_t y, uint64_t pixels) {
  return word(0x1, us, x << 11 | y, pixels);
}
constexpr uint64_t time_high(int64_t us) {
  return uint64_t{0x8} << 60 | static_cast<uint64_t>(us >> 6 & 0x0FFF'FFFF) << 32;
}
constexpr uint64_t trigger(uint64_t us, uint64_t id, uint64_t value) {
  return word(0xA, us, id << 8 | value, 0);
}
constexpr uint64_t others(uint64_t us, uint64_t subtype, uint64_t payload) {
  return word(0xE, us, 0x1'0000 | subtype, payload);
}
constexpr uint64_t exchanged(uint64_t w) { return w << 32 | w >> 32; }

// How the words are to be read.
struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
  bool legacy = false;  // the halves of the words are exchanged
};

inline const Format& format() { return *find_format("evt21"); }

inline Header header_of(Reading how) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  header.layout = how.legacy ? "legacy" : "little";
  return header;
}

inline std::unique_ptr<Decoder> make_decoder(Reading how = {}) {
  return format().make_decoder(header_of(how), {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline std::vector<std::byte> bytes_of(Words words, Reading how = {}) {
  if (how.legacy) std::ranges::transform(words, words.begin(), exchanged);
  return test::bytes_of(words);
}

inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  return test::decode_with(decoder, format(), bytes, how);
}

inline Rows decode(const Words& words, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(words, how), presented);
}

// One word after another, one pixel after another.
class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(how) {}

  Rows read(const Words& words) {
    for (const uint64_t w : words) {
      take(w);
      offset_ += 8;
    }
    return rows_;
  }

 private:
  void take(uint64_t w) {
    const uint64_t type = w >> 60;
    const auto control = static_cast<uint32_t>(w >> 32);
    if (type <= 1) {
      for (int i = 0; i < 32; ++i) {
        if ((w >> i & 1) != 0) take_event(w, control, i);
      }
    } else if (type == 0x8) {
      take_time_high(control & 0x0FFF'FFFF);
    } else if (type == 0xA) {
      if (!started_) return rows_.add_fault(FaultKind::kBeforeClock, offset_);
      rows_.triggers.emplace_back(time(w), control >> 8 & 0x1F,
                                  (control & 1) != 0 ? 1 : int{how_.off});
    } else if (type == 0xE) {
      const uint32_t subtype = control & 0xFFFF;
      const bool counts = (w & 0xF000'0000) == 0xF000'0000;
      if (!started_ || !counts || (subtype != 0x14 && subtype != 0x16)) return;
      rows_.rates.emplace_back(time(w), w & 0x3F'FFFF, subtype == 0x16 ? 1 : 0);
    } else if (type != 0xF) {
      rows_.add_fault(FaultKind::kUnknownWord, offset_);
    }
  }

  void take_event(uint64_t w, uint32_t control, int pixel) {
    const int x = static_cast<int>(control >> 11 & 0x7FF) + pixel;
    const auto y = static_cast<int>(control & 0x7FF);
    if (!started_) return rows_.add_fault(FaultKind::kBeforeClock, offset_);
    const bool known = how_.width > 0 && how_.height > 0;
    if (known && (x >= how_.width || y >= how_.height)) {
      rows_.add_fault(FaultKind::kOutOfSensor, offset_);
      if (how_.drop) return;
    }
    rows_.events.push_back(
        {.t = time(w), .x = x, .y = y, .polarity = w >> 60 == 1 ? 1 : int{how_.off}});
  }

  void take_time_high(uint32_t high) {
    if (started_ && high < high_ && high_ - high > 0x800'0000) ++laps_;
    high_ = high;
    started_ = true;
  }

  int64_t time(uint64_t w) const {
    return laps_ * 17'179'869'184 + int64_t{high_} * 64 + static_cast<int64_t>(w >> 54 & 0x3F);
  }

  Reading how_;
  Rows rows_;
  uint64_t offset_ = 0;
  bool started_ = false;
  int64_t laps_ = 0;
  uint32_t high_ = 0;
};

// Uniform random words: every type, undefined ones too, in every order.
inline Words random_words(size_t n, uint32_t seed) {
  std::mt19937_64 random(seed);
  Words words(n);
  for (uint64_t& w : words) w = random();
  return words;
}

// Words as of a camera: groups of pixels, few or many, with a TIME_HIGH now and then; one word in
// `oddity` is any word.
inline Words camera_words(size_t n, uint32_t oddity, uint32_t seed) {
  std::mt19937_64 random(seed);
  Words words = {time_high(5'000'000)};
  int64_t now = 5'000'000;
  while (words.size() < n) {
    if (random() % oddity == 0) words.push_back(random());
    const int64_t before = now;
    now += static_cast<int64_t>(random() % 8);
    if (now >> 6 != before >> 6) words.push_back(time_high(now));
    const uint32_t one = 1U << random() % 32;
    const auto many = static_cast<uint32_t>(random());
    const uint32_t pixels = random() % 3 == 0 ? one | many : one;
    words.push_back(word(random() % 2, static_cast<uint64_t>(now),
                         random() % 40 * 32 << 11 | random() % 720, pixels));
  }
  return words;
}

}  // namespace evarrow::test::evt21
