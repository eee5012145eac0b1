// SPDX-License-Identifier: Apache-2.0
// DAT records by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <random>
#include <string>

#include "support/decode.h"

namespace evarrow::test::dat {

using Words = std::vector<uint64_t>;

constexpr uint64_t word(int64_t t, uint32_t rest) {
  return uint64_t{rest} << 32 | static_cast<uint32_t>(t);
}
// Of version 2.
constexpr uint64_t on(int64_t t, uint32_t x, uint32_t y) {
  return word(t, uint32_t{1} << 28 | y << 14 | x);
}
constexpr uint64_t off(int64_t t, uint32_t x, uint32_t y) { return word(t, y << 14 | x); }
// Of version 1.
constexpr uint64_t on_1(int64_t t, uint32_t x, uint32_t y) {
  return word(t, uint32_t{1} << 17 | y << 9 | x);
}
constexpr uint64_t off_1(int64_t t, uint32_t x, uint32_t y) { return word(t, y << 9 | x); }
constexpr uint64_t trigger(int64_t t, uint32_t id, uint32_t value) {
  return word(t, id << 26 | value);
}
constexpr uint64_t rate(int64_t t, uint32_t count, uint32_t output) {
  return word(t, output << 31 | count);
}

// How the records are to be read.
struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = false;              // events outside the sensor
  int8_t off = -1;
  const char* layout = "cd2";
};

inline const Format& format() { return *find_format("dat"); }

inline std::unique_ptr<Decoder> make_decoder(Reading how = {}) {
  Header header;
  header.width = how.width;
  header.height = how.height;
  header.layout = how.layout;
  return format().make_decoder(header, {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  return test::decode_with(decoder, format(), bytes, how);
}

inline Rows decode(const Words& words, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(words), presented);
}

// One record after another.
class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(how), layout_(how.layout) {}

  Rows read(const Words& words) {
    for (const uint64_t w : words) {
      take(static_cast<uint32_t>(w), static_cast<uint32_t>(w >> 32));
      offset_ += 8;
    }
    return rows_;
  }

 private:
  void take(int64_t clock, uint32_t rest) {
    if (last_ - clock > 2'147'483'648) ++laps_;
    last_ = clock;
    const int64_t t = laps_ * 4'294'967'296 + clock;
    if (layout_ == "trigger") {
      rows_.triggers.emplace_back(t, rest >> 26, rest % 16 == 0 ? int{how_.off} : 1);
    } else if (layout_ == "erc") {
      rows_.rates.emplace_back(t, rest & 0x7FFF'FFFF, rest >> 31);
    } else if (layout_ == "cd1") {
      take_event(t, rest % 512, rest / 512 % 256, rest / 131'072 % 2 != 0);
    } else {
      take_event(t, rest % 16'384, rest / 16'384 % 16'384, rest / 268'435'456 != 0);
    }
  }

  void take_event(int64_t t, uint32_t x, uint32_t y, bool is_on) {
    const auto outside = [](uint32_t value, int32_t end) {
      return end > 0 && static_cast<int32_t>(value) >= end;
    };
    if (outside(x, how_.width) || outside(y, how_.height)) {
      rows_.add_fault(FaultKind::kOutOfSensor, offset_);
      if (how_.drop) return;
    }
    rows_.events.push_back({.t = t,
                            .x = static_cast<int>(x),
                            .y = static_cast<int>(y),
                            .polarity = is_on ? 1 : int{how_.off}});
  }

  Reading how_;
  std::string layout_;
  Rows rows_;
  uint64_t offset_ = 0;
  int64_t laps_ = 0;
  int64_t last_ = 0;
};

// Any bits: the clock starts over at every other record.
inline Words random_words(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Words words(n);
  for (uint64_t& w : words)
    w = word(static_cast<int64_t>(random()), static_cast<uint32_t>(random()));
  return words;
}

// Records as of a camera, which begin at `start`; one in `oddity` is any record, and one in 50
// steps back a little.
inline Words camera_words(size_t n, uint32_t oddity, uint32_t seed, int64_t start = 5'000'000) {
  std::mt19937 random(seed);
  Words words;
  int64_t now = start;
  while (words.size() < n) {
    if (random() % oddity == 0) words.push_back(uint64_t{random()} << 32 | random());
    now += static_cast<int64_t>(random() % 4);
    const int64_t t = now - (random() % 50 == 0 ? static_cast<int64_t>(random() % 9) : 0);
    const auto x = static_cast<uint32_t>(random() % 640);
    const auto y = static_cast<uint32_t>(random() % 480);
    words.push_back(random() % 2 == 0 ? on(t, x, y) : off(t, x, y));
  }
  return words;
}

}  // namespace evarrow::test::dat
