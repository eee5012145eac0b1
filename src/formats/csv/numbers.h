// SPDX-License-Identifier: Apache-2.0
// Decimals, exactly: without a detour over floating-point numbers.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace evarrow::csv {

// digits * 10^power, and more that is less than one of the last digit if there is a rest.
struct Decimal {
  uint64_t digits = 0;
  int power = 0;
  bool negative = false;
  bool rest = false;
};

namespace detail {

inline constexpr int kMostDigits = 19;  // that fit 64 bits, whatever they are

constexpr std::array<uint64_t, kMostDigits + 1> powers_of_ten() noexcept {
  std::array<uint64_t, kMostDigits + 1> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
  return powers;
}
inline constexpr auto kPowers = powers_of_ten();

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The exponent behind an 'e'; nothing if that is no number.
constexpr std::optional<int> read_exponent(std::string_view text) noexcept {
  constexpr int kFar = 10'000;  // all that is farther is as good as this
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return {};
  int exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return {};
    if (exponent < kFar) exponent = 10 * exponent + (c - '0');
  }
  return negative ? -exponent : exponent;
}

}  // namespace detail

// The number that all of `text` is, such as "-1", "+2.50" or "1e-6".
constexpr std::optional<Decimal> read_decimal(std::string_view text) noexcept {
  Decimal number;
  size_t i = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) number.negative = text[i++] == '-';
  bool any = false;
  bool behind_point = false;
  int digits = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!detail::is_digit(c)) break;
    any = true;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (digits < detail::kMostDigits) {
      number.digits = 10 * number.digits + digit;
      digits += number.digits != 0 ? 1 : 0;
      number.power -= behind_point ? 1 : 0;
    } else {
      number.rest |= digit != 0;
      number.power += behind_point ? 0 : 1;
    }
  }
  if (!any) return {};
  if (i == text.size()) return number;
  if (text[i] != 'e' && text[i] != 'E') return {};
  const auto exponent = detail::read_exponent(text.substr(i + 1));
  if (!exponent) return {};
  number.power += *exponent;
  return number;
}

// Whether a number has no fraction, however it is written.
constexpr bool is_whole(const Decimal& number) noexcept {
  if (number.digits == 0 || number.rest || number.power >= 0) return !number.rest;
  if (-number.power > detail::kMostDigits) return false;
  return number.digits % detail::kPowers[static_cast<size_t>(-number.power)] == 0;
}

// number * 10^power as a whole number, rounded to the nearest, ties to even; nothing if it does not
// fit.
constexpr std::optional<int64_t> to_integer(const Decimal& number, int power) noexcept {
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (number.digits == 0) return 0;
  power += number.power;
  uint64_t whole = 0;
  if (power >= 0) {
    if (power > detail::kMostDigits || number.rest) return {};
    const uint64_t factor = detail::kPowers[static_cast<size_t>(power)];
    if (number.digits > kMost / factor) return {};
    whole = number.digits * factor;
  } else if (-power <= detail::kMostDigits) {
    const uint64_t divisor = detail::kPowers[static_cast<size_t>(-power)];
    whole = number.digits / divisor;
    const uint64_t left = number.digits % divisor;
    const uint64_t half = divisor / 2;
    const bool above = left > half || (left == half && (number.rest || whole % 2 != 0));
    whole += above ? 1 : 0;
    if (whole > kMost) return {};
  }
  const auto value = static_cast<int64_t>(whole);
  return number.negative ? -value : value;
}

}  // namespace evarrow::csv
