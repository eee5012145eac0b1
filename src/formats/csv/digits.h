// SPDX-License-Identifier: Apache-2.0
// Numbers as text, many of which look much like the one before.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
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
  static constexpr size_t kMost = 7;  // bytes

  explicit CoordinateText(char behind) : behind_(behind) {
    for (size_t i = 0; i < kKnown; ++i) {
      std::array<char, sizeof(uint64_t)> text{};
      char* end = std::to_chars(text.data(), text.data() + kMost, i).ptr;
      *end++ = behind;
      text.back() = static_cast<char>(end - text.data());
      (*known_)[i] = std::bit_cast<uint64_t>(text);
    }
  }

  // What a loop has a copy of: what it writes may lie anywhere, as far as the compiler knows.
  class Writer {
   public:
    explicit Writer(const CoordinateText& text)
        : known_(text.known_->data()), behind_(text.behind_) {}

    // Writes up to 8 bytes, of which those from the returned place on mean nothing.
    char* write(int16_t value, char* to) const noexcept {
      const auto place = static_cast<uint16_t>(value);
      if (place < kKnown) {
        const uint64_t entry = known_[place];
        std::memcpy(to, &entry, sizeof(entry));
        return to + (entry >> 8 * kMost);
      }
      to = std::to_chars(to, to + kMost, int{value}).ptr;
      *to = behind_;
      return to + 1;
    }

   private:
    const uint64_t* known_;
    char behind_;
  };

 private:
  static constexpr size_t kKnown = 2048;
  // Text in the lower bytes, its length in the highest.
  using Entries = std::array<uint64_t, kKnown>;
  std::unique_ptr<Entries> known_ = std::make_unique<Entries>();
  char behind_;
};

// Times in a unit of 10^power microseconds, with all digits that they have.
class TimeText {
 public:
  static constexpr size_t kMost = 26;  // bytes

  // Times that share all digits but the last three.
  class Thousand {
   public:
    // Whether write() takes the time.
    bool has(int64_t t) const noexcept {
      return static_cast<uint64_t>(t) - first_ < 1000 && length_ != 0;
    }
    char* write(int64_t t, char* to) const noexcept {
      std::memcpy(to, front_.data(), front_.size());
      to += length_;
      std::memcpy(to, kThreeDigits[static_cast<uint64_t>(t) - first_].data(), 4);
      return has_nanoseconds_ ? std::fill_n(to + 3, 3, '0') : to + 3;
    }

   private:
    friend class TimeText;
    uint64_t first_ = 0;
    size_t length_ = 0;  // of the digits shared; 0: they are not all there
    bool has_nanoseconds_ = false;
    std::array<char, 32> front_{};
  };

  explicit TimeText(int power) noexcept : power_(power) {}

  // Those around `t`, for which there may be none.
  Thousand thousand_of(int64_t t) const noexcept {
    Thousand found;
    if (t < 0 || (power_ <= 0 && t < 1000)) return found;
    const int64_t first = t / 1000 * 1000;
    const char* end = write(first, found.front_.data());
    found.has_nanoseconds_ = power_ < 0;
    found.length_ =
        static_cast<size_t>(end - found.front_.data()) - (found.has_nanoseconds_ ? 6 : 3);
    found.first_ = static_cast<uint64_t>(first);
    return found;
  }

  // Any time but the least one.
  char* write(int64_t t, char* to) const noexcept {
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

 private:
  int power_;
};

}  // namespace evarrow::csv
