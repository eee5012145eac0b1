// SPDX-License-Identifier: Apache-2.0
// Numbers as text, many of which look much like the one before.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>

namespace evarrow::csv {

// Three digits for each number below 1000.
constexpr std::array<std::array<char, 4>, 1000> three_digits() noexcept {
  std::array<std::array<char, 4>, 1000> all{};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i] = {static_cast<char>('0' + i / 100), static_cast<char>('0' + i / 10 % 10),
              static_cast<char>('0' + i % 10), ' '};
  }
  return all;
}
inline constexpr auto kThreeDigits = three_digits();

// Coordinates with what stands behind them; those of sensors are looked up.
class CoordinateText {
 public:
  explicit CoordinateText(char behind) : behind_(behind) {
    for (size_t i = 0; i < kKnown; ++i) {
      Entry& entry = (*known_)[i];
      char* end = std::to_chars(entry.text, entry.text + kMost, i).ptr;
      *end++ = behind;
      entry.length = static_cast<char>(end - entry.text);
    }
  }

  // Writes up to 8 bytes, of which those from the returned place on mean nothing.
  char* write(int16_t value, char* to) const noexcept {
    const auto place = static_cast<uint16_t>(value);
    if (place < kKnown) {
      const Entry& entry = (*known_)[place];
      std::memcpy(to, &entry, sizeof(entry));
      return to + entry.length;
    }
    to = std::to_chars(to, to + kMost, int{value}).ptr;
    *to = behind_;
    return to + 1;
  }

 private:
  static constexpr size_t kKnown = 2048;
  static constexpr size_t kMost = 7;
  struct Entry {
    char text[kMost];
    char length;
  };
  using Entries = std::array<Entry, kKnown>;
  std::unique_ptr<Entries> known_ = std::make_unique<Entries>();
  char behind_;
};

// Times in a unit of 10^power microseconds, with all digits that they have.
class TimeText {
 public:
  static constexpr size_t kMost = 26;  // bytes

  explicit TimeText(int power) noexcept : power_(power) {}

  char* write(int64_t t, char* to) noexcept {
    const auto thousands = static_cast<uint64_t>(t) / 1000;
    if (thousands != thousands_) look_up(t, thousands);
    if (length_ == 0) return write_any(t, to);
    // All digits but the last three are those of the time before.
    std::memcpy(to, front_.data(), front_.size());
    to += length_;
    std::memcpy(to, kThreeDigits[static_cast<uint64_t>(t) - thousands * 1000].data(), 4);
    to += 3;
    if (power_ >= 0) return to;
    return std::fill_n(to, 3, '0');
  }

 private:
  // Any time but the least one.
  char* write_any(int64_t t, char* to) const noexcept {
    if (t < 0) *to++ = '-';
    const auto value = static_cast<uint64_t>(t < 0 ? -t : t);
    if (power_ <= 0) {
      to = std::to_chars(to, to + kMost, value).ptr;
      if (power_ == 0 || value == 0) return to;
      return std::fill_n(to, 3, '0');
    }
    const uint64_t one = power_ == 3 ? 1000 : 1'000'000;
    to = std::to_chars(to, to + kMost, value / one).ptr;
    *to++ = '.';
    const uint64_t rest = value % one;
    if (power_ == 6) {
      std::memcpy(to, kThreeDigits[rest / 1000].data(), 3);
      to += 3;
    }
    std::memcpy(to, kThreeDigits[rest % 1000].data(), 3);
    return to + 3;
  }

  // Keeps what stands before the last three digits; nothing where these are not all there.
  void look_up(int64_t t, uint64_t thousands) noexcept {
    thousands_ = thousands;
    length_ = 0;
    if (t < 0 || (power_ <= 0 && t < 1000)) return;
    const char* end = write_any(static_cast<int64_t>(thousands * 1000), front_.data());
    length_ = static_cast<size_t>(end - front_.data()) - (power_ < 0 ? 6 : 3);
  }

  int power_;
  uint64_t thousands_ = UINT64_MAX;
  size_t length_ = 0;
  std::array<char, 32> front_{};
};

}  // namespace evarrow::csv
