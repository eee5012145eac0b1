// SPDX-License-Identifier: Apache-2.0
// Made-up EVT 3.0 words: any at all, and such as cameras send with something odd now and then.
#pragma once

#include <random>

#include "formats/evt3_words.h"

namespace evarrow::test::evt3 {

// Uniform random words: every type, reserved ones too, in every order.
inline Words random_words(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  Words words(n);
  for (uint16_t& w : words) w = static_cast<uint16_t>(random());
  return words;
}

struct Mix {
  uint32_t singles = 8;   // weight of a run of single events
  uint32_t groups = 3;    // of a vector group, or a chain of them
  uint32_t vectors = 1;   // of vector words in no order
  uint32_t oddities = 1;  // of anything else, faults among it
  uint32_t x_end = 1280, y_end = 720;
};

// A stream as of a camera.
class CameraWords {
 public:
  CameraWords(Mix mix, uint32_t seed) : mix_(mix), random_(seed) {}

  Words make(size_t n) {
    words_ = {time_high(5 << 12), time_low(1)};
    now_ = (5 << 12) + 1;
    while (words_.size() < n) add_packet();
    return words_;
  }

 private:
  uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }
  void put(uint16_t w) { words_.push_back(w); }

  void add_packet() {
    add_time();
    const uint32_t at = below(mix_.singles + mix_.groups + mix_.vectors + mix_.oddities);
    if (at < mix_.singles) return add_singles();
    if (at < mix_.singles + mix_.groups) return add_groups();
    if (at < mix_.singles + mix_.groups + mix_.vectors) return add_vectors();
    add_oddity();
  }

  void add_time() {
    const uint32_t before = now_;
    now_ = (now_ + below(40)) & 0xFF'FFFF;
    if (before >> 12 != now_ >> 12 || below(8) == 0) put(time_high(now_));
    if (below(4) != 0) put(time_low(now_));
  }

  void add_singles() {
    for (uint32_t n = 1 + below(24); n != 0; --n) {
      if (below(3) == 0) put(addr_y(below(mix_.y_end)));
      put(word(0x2, below(2) << 11 | below(mix_.x_end)));
      if (below(6) == 0) put(time_low(now_ += below(3)));
    }
  }

  void add_groups() {
    put(addr_y(below(mix_.y_end)));
    for (uint32_t n = 1 + below(3); n != 0; --n) {
      const uint32_t last = mix_.x_end > 32 ? mix_.x_end - 32 : 1;
      if (below(4) != 0) put(word(0x3, below(2) << 11 | below(last)));
      put(vect_12(static_cast<uint32_t>(random_()) & 0xFFF));
      put(vect_12(static_cast<uint32_t>(random_()) & 0xFFF));
      put(vect_8(static_cast<uint32_t>(random_()) & 0xFFF));
    }
  }

  void add_vectors() {
    for (uint32_t n = 1 + below(5); n != 0; --n) {
      put(word(3 + below(3), static_cast<uint32_t>(random_()) & 0xFFF));
    }
  }

  void add_oddity() {
    switch (below(5)) {
      case 0:
        put(others(below(2) == 0 ? 0x14 : 0x16));
        for (uint32_t n = below(4); n != 0; --n) put(continued_12(below(4096)));
        return;
      case 1:
        return put(trigger(below(16), below(2)));
      case 2:
        put(time_high(now_ = static_cast<uint32_t>(random_()) & 0xFF'FFFF));
        return;
      case 3:
        put(addr_y(below(2048)));
        return put(on(below(2048)));
      default:
        return put(static_cast<uint16_t>(random_()));
    }
  }

  Mix mix_;
  std::mt19937 random_;
  Words words_;
  uint32_t now_ = 0;
};

}  // namespace evarrow::test::evt3
