// SPDX-License-Identifier: Apache-2.0
// EVT 3.0 words by name, and a slow decoder that follows the specification to the letter.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "support/rows.h"

namespace evarrow::test::evt3 {

using Words = std::vector<uint16_t>;

constexpr uint16_t word(uint32_t type, uint32_t content) {
  return static_cast<uint16_t>(type << 12 | content);
}
constexpr uint16_t addr_y(uint32_t y) { return word(0x0, y); }
constexpr uint16_t other_row(uint32_t y) { return word(0x1, y); }
constexpr uint16_t on(uint32_t x) { return word(0x2, 0x800 | x); }
constexpr uint16_t off(uint32_t x) { return word(0x2, x); }
constexpr uint16_t base_on(uint32_t x) { return word(0x3, 0x800 | x); }
constexpr uint16_t base_off(uint32_t x) { return word(0x3, x); }
constexpr uint16_t vect_12(uint32_t bits) { return word(0x4, bits); }
constexpr uint16_t vect_8(uint32_t bits) { return word(0x5, bits); }
constexpr uint16_t time_low(uint32_t us) { return word(0x6, us & 0xFFF); }
constexpr uint16_t time_high(uint32_t us) { return word(0x8, us >> 12 & 0xFFF); }
constexpr uint16_t trigger(uint32_t id, uint32_t value) { return word(0xA, id << 8 | value); }
constexpr uint16_t others(uint32_t subtype) { return word(0xE, subtype); }
constexpr uint16_t continued_12(uint32_t bits) { return word(0xF, bits); }
constexpr uint16_t continued_4(uint32_t bits) { return word(0x7, bits); }

inline std::vector<std::byte> bytes_of(const Words& words) { return test::bytes_of(words); }

// How the words are to be read.
struct Reading {
  int32_t width = 0, height = 0;  // 0: unknown
  bool drop = true;               // events outside the sensor
  int8_t off = -1;
};

// One word after another, one bit after another.
class PlainDecoder {
 public:
  explicit PlainDecoder(Reading how) : how_(how) {}

  Rows read(const Words& words) {
    for (const uint16_t w : words) {
      take(w >> 12, w & 0xFFFU);
      offset_ += 2;
    }
    return rows_;
  }

 private:
  void take(uint32_t type, uint32_t content) {
    const bool continues = type == 0x7 || type == 0xF;
    if (!continues) payload_words_ = -1;
    if (type == 0x9 || type == 0xB || type == 0xC) fault(FaultKind::kUnknownWord);
    if (type == 0x8) return take_time_high(content);
    if (!started_) {
      if (type == 0x4) fault(FaultKind::kBeforeClock, std::popcount(content));
      if (type == 0x5) fault(FaultKind::kBeforeClock, std::popcount(content & 0xFF));
      if (type == 0x2 || type == 0xA) fault(FaultKind::kBeforeClock);
      return;
    }
    if (type == 0x0) {
      y_ = content & 0x7FF;
      row_ = kEvents;
    }
    if (type == 0x1) row_ = kOther;
    if (type == 0x2) event(content & 0x7FF, content >> 11 & 1);
    if (type == 0x3) {
      base_ = content & 0x7FF;
      base_polarity_ = content >> 11 & 1;
      has_base_ = true;
    }
    if (type == 0x4) take_vector(content, 12);
    if (type == 0x5) take_vector(content & 0xFF, 8);
    if (type == 0x6) low_ = content;
    if (type == 0xA) {
      rows_.triggers.emplace_back(time(), content >> 8, (content & 1) != 0 ? 1 : how_.off);
    }
    if (type == 0xE) begin_payload(content);
    if (continues) take_payload(type == 0xF ? content : content & 0xF);
  }

  void take_time_high(uint32_t content) {
    if (started_ && content < high_ && high_ - content >= 2048) ++laps_;
    if (!started_ || content != high_) low_ = 0;
    high_ = content;
    started_ = true;
  }

  void take_vector(uint32_t bits, uint32_t length) {
    for (uint32_t i = 0; i < length; ++i) {
      if ((bits >> i & 1) == 0) continue;
      if (has_base_) {
        event(base_ + i, base_polarity_);
      } else if (row_ != kOther) {
        fault(FaultKind::kBeforeClock);
      }
    }
    if (has_base_) base_ += length;
  }

  void event(uint64_t x, uint32_t polarity) {
    if (row_ == kNone) fault(FaultKind::kBeforeClock);
    if (row_ != kEvents) return;
    const bool known = how_.width > 0 && how_.height > 0;
    const bool outside = known && (x >= static_cast<uint64_t>(how_.width) ||
                                   y_ >= static_cast<uint32_t>(how_.height));
    const bool too_large = x > INT16_MAX;
    if (outside || too_large) fault(FaultKind::kOutOfSensor);
    if ((outside && how_.drop) || too_large) return;
    rows_.events.push_back({.t = time(),
                            .x = static_cast<int>(x),
                            .y = static_cast<int>(y_),
                            .polarity = polarity != 0 ? 1 : how_.off});
  }

  void begin_payload(uint32_t subtype) {
    subtype_ = subtype;
    payload_ = 0;
    payload_words_ = 0;
  }

  void take_payload(uint32_t bits) {
    if (payload_words_ < 0) return;
    payload_ |= static_cast<uint64_t>(bits) << 12 * payload_words_;
    if (++payload_words_ < 3) return;
    payload_words_ = -1;
    if (subtype_ != 0x14 && subtype_ != 0x16) return;
    rows_.rates.emplace_back(time(), payload_ & 0x3F'FFFF, subtype_ == 0x16 ? 1 : 0);
  }

  void fault(FaultKind kind, int count = 1) {
    auto& [total, first] = rows_.faults[static_cast<size_t>(kind)];
    if (total == 0) first = count != 0 ? offset_ : 0;
    total += static_cast<uint64_t>(count);
  }

  int64_t time() const { return laps_ * 16'777'216 + int64_t{high_} * 4096 + int64_t{low_}; }

  enum RowKind { kNone, kEvents, kOther };

  Reading how_;
  Rows rows_;
  uint64_t offset_ = 0;
  bool started_ = false;
  int64_t laps_ = 0;
  uint32_t high_ = 0, low_ = 0, y_ = 0;
  RowKind row_ = kNone;
  uint64_t base_ = 0;
  uint32_t base_polarity_ = 0;
  bool has_base_ = false;
  uint32_t subtype_ = 0;
  uint64_t payload_ = 0;
  int payload_words_ = -1;  // CONTINUED words read; -1: none is expected
};

}  // namespace evarrow::test::evt3
