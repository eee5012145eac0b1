// SPDX-License-Identifier: Apache-2.0
// The compressed events of libcaer's ROS driver: tokens of 16 bits, four in a word.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace evarrow::ros {

class Tokens {
 public:
  static constexpr size_t kMostEvents = 32;  // of a word

  // Of no known code, but for those that pad a packet.
  static size_t unknown_in(uint64_t word) noexcept {
    size_t unknown = 0;
    for (; word != 0; word >>= kBits) {
      const auto token = static_cast<uint16_t>(word);
      unknown += code(token) > kVector && token != UINT16_MAX ? 1 : 0;
    }
    return unknown;
  }

  // Calls `put(x, y, microseconds, polarity bit)` for every event.
  template <typename Put>
  void take(uint64_t word, Put put) noexcept {
    for (size_t i = 0; i < sizeof(word) * 8 / kBits; ++i, word >>= kBits) {
      const auto token = static_cast<uint16_t>(word);
      const uint32_t data = token & 0xFFFU;
      const uint32_t bit = data >> 11;
      const auto y = static_cast<int32_t>(data & 0x7FF);
      switch (code(token)) {
        case kTimeHigh:
          high_ = data << 12;
          break;
        case kTimeLow:
          low_ = data;
          break;
        case kAddressX:
          x_ = y;
          break;
        case kAddressY:
          put(x_, y, high_ | low_, bit);
          break;
        case kVectorBase:
          base_ = y;
          bit_ = bit;
          break;
        case kVector:
          for (uint32_t mask = data & 0xFF; mask != 0; mask &= mask - 1) {
            put(x_, base_ + std::countr_zero(mask), high_ | low_, bit_);
          }
          base_ = (base_ + 8) & kMostBase;
          break;
        default:
          break;
      }
    }
  }

  uint64_t state() const noexcept {
    return uint64_t{high_ | low_} | uint64_t{bit_} << 24 | static_cast<uint64_t>(x_) << 25 |
           static_cast<uint64_t>(base_) << 36;
  }
  void set_state(uint64_t state) noexcept {
    high_ = state & 0xFFF000;
    low_ = state & 0xFFF;
    bit_ = state >> 24 & 1;
    x_ = static_cast<int32_t>(state >> 25 & 0x7FF);
    base_ = static_cast<int32_t>(state >> 36 & kMostBase);
  }

 private:
  static constexpr unsigned kBits = 16;
  static constexpr int32_t kMostBase = 0x7FFF;

  enum Code : uint8_t { kTimeHigh, kTimeLow, kAddressX, kAddressY, kVectorBase, kVector };
  static uint32_t code(uint16_t token) noexcept { return token >> 12; }

  uint32_t high_ = 0, low_ = 0;  // microseconds within the packet
  uint32_t bit_ = 0;             // polarity of a vector
  int32_t x_ = 0;
  int32_t base_ = 0;  // the first row of the next vector
};

}  // namespace evarrow::ros
