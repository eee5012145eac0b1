// SPDX-License-Identifier: Apache-2.0
// An event of 19 bits: 18 polarity | 17..9 x | 8..0 y.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::aer {

constexpr int32_t y(uint32_t event) noexcept { return static_cast<int32_t>(event & 0x1FF); }
constexpr int32_t x(uint32_t event) noexcept { return static_cast<int32_t>(event >> 9 & 0x1FF); }
constexpr uint32_t polarity_bit(uint32_t event) noexcept { return event >> 18 & 1; }

// AER-8b: three bytes an event, low byte first; the upper five bits mean nothing.
struct Bytes3 {
  static constexpr size_t kWord = 3;
  static constexpr size_t kEvents = 1;
  static uint32_t event(const uint8_t* word, size_t /*i*/) noexcept {
    return word[0] | uint32_t{word[1]} << 8 | uint32_t{word[2]} << 16;
  }
};

// AER-4b: five nibbles an event, low one first; two events are five bytes.
struct Nibbles5 {
  static constexpr size_t kWord = 5;
  static constexpr size_t kEvents = 2;
  static uint32_t event(const uint8_t* word, size_t i) noexcept {
    return i == 0 ? word[0] | uint32_t{word[1]} << 8 | uint32_t{word[2]} << 16
                  : uint32_t{word[2]} >> 4 | uint32_t{word[3]} << 4 | uint32_t{word[4]} << 12;
  }
};

}  // namespace evarrow::aer
