// SPDX-License-Identifier: Apache-2.0
#include "containers/values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

namespace evarrow {
namespace {

template <typename T>
T load(const std::byte* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <typename T>
T load_swapped(const std::byte* at) noexcept {
  std::array<std::byte, sizeof(T)> bytes;
  std::reverse_copy(at, at + sizeof(T), bytes.begin());
  return std::bit_cast<T>(bytes);
}

template <typename T>
T load_as(const StoredValues& from, size_t i) noexcept {
  constexpr bool kBigEndian = std::endian::native == std::endian::big;
  const std::byte* const at = from.first + i * from.step;
  return from.big_endian != kBigEndian ? load_swapped<T>(at) : load<T>(at);
}

// Some bits of a number.
template <typename T>
T load_bits(const StoredValues& from, size_t i) noexcept {
  if constexpr (std::is_unsigned_v<T>) {
    const auto whole = uint64_t{load_as<T>(from, i)} >> from.first_bit;
    return static_cast<T>(whole & ~uint64_t{0} >> (64 - from.bits));
  } else {
    return load_as<T>(from, i);
  }
}

// `sum = step(sum, value, i)` over all values. A whole column of its own, in the order of this
// processor, is a loop that the compiler can do several values at a time.
template <typename T, typename Sum, typename Step>
Sum fold(const StoredValues& from, size_t n, Sum sum, Step step) noexcept {
  constexpr bool kBigEndian = std::endian::native == std::endian::big;
  const std::byte* const first = from.first;
  const size_t width = from.step;
  if (from.bits != 0) {
    for (size_t i = 0; i < n; ++i) sum = step(sum, load_bits<T>(from, i), i);
  } else if (from.big_endian != kBigEndian) {
    for (size_t i = 0; i < n; ++i) sum = step(sum, load_swapped<T>(first + i * width), i);
  } else if (width == sizeof(T)) {
    for (size_t i = 0; i < n; ++i) sum = step(sum, load<T>(first + i * sizeof(T)), i);
  } else {
    for (size_t i = 0; i < n; ++i) sum = step(sum, load<T>(first + i * width), i);
  }
  return sum;
}

// Writes `make(value)` for all values.
template <typename T, typename To, typename Make>
void write(const StoredValues& from, size_t n, To* to, Make make) noexcept {
  (void)fold<T>(from, n, 0, [to, make](int, T value, size_t i) {
    to[i] = make(value);
    return 0;
  });
}

// The same of `make(value).value`; returns how many are not exact.
template <typename T, typename To, typename Make>
size_t write_held(const StoredValues& from, size_t n, To* to, Make make) noexcept {
  return fold<T>(from, n, size_t{0}, [to, make](size_t misfits, T value, size_t i) {
    const auto held = make(value);
    to[i] = held.value;
    return misfits + (held.exact ? 0U : 1U);
  });
}

// Calls `use` with a value of the type of the numbers.
template <typename Use>
size_t with_type(Stored type, Use use) noexcept {
  switch (type) {
    case Stored::kInt8:
      return use(int8_t{});
    case Stored::kUint8:
      return use(uint8_t{});
    case Stored::kInt16:
      return use(int16_t{});
    case Stored::kUint16:
      return use(uint16_t{});
    case Stored::kInt32:
      return use(int32_t{});
    case Stored::kUint32:
      return use(uint32_t{});
    case Stored::kInt64:
      return use(int64_t{});
    case Stored::kUint64:
    case Stored::kStamp:
      return use(uint64_t{});
    case Stored::kFloat32:
      return use(float{});
    case Stored::kFloat64:
      break;
  }
  return use(double{});
}

// A value and whether it is what was stored.
template <typename T>
struct Held {
  T value;
  bool exact;
};

template <typename T>
Held<int16_t> as_int16(T value, int32_t shift) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    const double moved = static_cast<double>(value) + shift;
    if (!(moved >= INT16_MIN)) return {std::isnan(moved) ? int16_t{0} : int16_t{INT16_MIN}, false};
    if (moved > INT16_MAX) return {INT16_MAX, false};
    const double whole = std::nearbyint(moved);
    return {static_cast<int16_t>(whole), whole == moved};
  } else if constexpr (sizeof(T) <= 2) {
    const int32_t moved = int32_t{value} + shift;
    const int32_t near = std::clamp(moved, int32_t{INT16_MIN}, int32_t{INT16_MAX});
    return {static_cast<int16_t>(near), near == moved};
  } else {
    constexpr auto kFar = int64_t{1} << 40;  // a shift does not bring it back
    const int64_t near = std::cmp_greater(value, kFar) ? kFar
                         : std::cmp_less(value, -kFar) ? -kFar
                                                       : static_cast<int64_t>(value);
    const int64_t moved = near + shift;
    const int64_t held = std::clamp(moved, int64_t{INT16_MIN}, int64_t{INT16_MAX});
    return {static_cast<int16_t>(held), held == moved};
  }
}

constexpr int64_t farthest(bool negative) noexcept { return negative ? INT64_MIN : INT64_MAX; }

Held<int64_t> plus(int64_t value, int64_t more) noexcept {
  int64_t sum = 0;
  if (!__builtin_add_overflow(value, more, &sum)) return {sum, true};
  return {farthest(more < 0), false};
}

Held<int64_t> times(int64_t value, int64_t factor) noexcept {
  int64_t product = 0;
  if (!__builtin_mul_overflow(value, factor, &product)) return {product, true};
  return {farthest((value < 0) != (factor < 0)), false};
}

constexpr int64_t floor_of(int64_t value, int64_t divisor) noexcept {
  const int64_t quotient = value / divisor;
  return quotient * divisor > value ? quotient - 1 : quotient;
}

template <typename T>
Held<int64_t> as_time(T stored, const TimeRule& rule) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    const double scaled =
        std::nearbyint((static_cast<double>(stored) + static_cast<double>(rule.offset)) *
                       static_cast<double>(rule.multiplier) / static_cast<double>(rule.divisor));
    constexpr double kEnd = 9'223'372'036'854'775'808.0;  // 2^63
    if (std::isnan(scaled)) return {0, false};
    if (scaled >= kEnd || scaled < -kEnd) return {farthest(scaled < 0), false};
    return {static_cast<int64_t>(scaled), true};
  } else {
    if (!std::in_range<int64_t>(stored)) return {INT64_MAX, false};
    const auto moved = plus(static_cast<int64_t>(stored), rule.offset);
    const auto scaled = times(moved.value, rule.multiplier);
    return {floor_of(scaled.value, rule.divisor), moved.exact && scaled.exact};
  }
}

// Of a stamp: the seconds come first. Less than 2^53 whatever it is.
constexpr int64_t microseconds_of(uint64_t stamp) noexcept {
  constexpr int64_t kSecond = 1'000'000;
  constexpr uint32_t kNanoseconds = 1000;
  const auto seconds = static_cast<uint32_t>(stamp);
  const auto nanoseconds = static_cast<uint32_t>(stamp >> 32);
  return seconds * kSecond + nanoseconds / kNanoseconds;
}

// Sums of a few numbers less than this far from 0 do not overflow.
constexpr uint64_t kModest = uint64_t{1} << 60;

constexpr uint64_t magnitude(int64_t value) noexcept {
  return static_cast<uint64_t>(value ^ (value >> 63));
}

// At least as great as the magnitude of every value, but less than twice the greatest.
template <typename T>
uint64_t magnitude_bits(const StoredValues& from, size_t n) noexcept {
  using Bits = std::make_unsigned_t<T>;
  return fold<T>(from, n, Bits{0}, [](Bits bits, T value, size_t) {
    const auto sign = static_cast<Bits>(value < 0 ? -1 : 0);
    return static_cast<Bits>(bits | (static_cast<Bits>(value) ^ sign));
  });
}

constexpr bool is_narrow(Stored type) noexcept {
  return type == Stored::kInt16 || type == Stored::kUint16;
}

// Of records that are laid out as most are.
template <typename Polarity>
bool write_events(const std::array<StoredValues, 4>& from, size_t n, int64_t added, int8_t off,
                  const DecodedColumns& to) noexcept {
  const std::byte* x = from[0].first;
  const std::byte* y = from[1].first;
  const std::byte* t = from[2].first;
  const std::byte* polarity = from[3].first;
  const size_t step = from[0].step;
  int16_t* const x_to = to.x;
  int16_t* const y_to = to.y;
  int64_t* const t_to = to.t;
  int8_t* const polarity_to = to.polarity;
  const int rise = 1 - off;
  uint32_t place_bits = 0;
  uint64_t time_bits = 0;
  for (size_t i = 0; i < n; ++i) {
    const size_t at = i * step;
    const auto x_value = load<uint16_t>(x + at);
    const auto y_value = load<uint16_t>(y + at);
    const auto t_value = load<int64_t>(t + at);
    place_bits |= x_value | uint32_t{y_value};
    time_bits |= magnitude(t_value);
    x_to[i] = static_cast<int16_t>(x_value);
    y_to[i] = static_cast<int16_t>(y_value);
    t_to[i] = static_cast<int64_t>(static_cast<uint64_t>(t_value) + static_cast<uint64_t>(added));
    const bool on = load<Polarity>(polarity + at) > 0;
    polarity_to[i] = static_cast<int8_t>(off + rise * static_cast<int>(on));
  }
  return place_bits <= INT16_MAX && time_bits < kModest;
}

}  // namespace

bool is_plain(const TimeRule& rule, int64_t epoch) noexcept {
  return rule.multiplier == 1 && rule.divisor == 1 && magnitude(rule.offset) < kModest &&
         magnitude(epoch) < kModest;
}

bool to_events(const std::array<StoredValues, 4>& from, size_t n, int64_t added, int8_t off,
               const DecodedColumns& to) noexcept {
  const auto is_odd = [&](const StoredValues& values) {
    constexpr bool kBigEndian = std::endian::native == std::endian::big;
    return values.big_endian != kBigEndian || values.bits != 0 || values.inverted ||
           values.step != from[0].step || values.step == 0;
  };
  if (std::ranges::any_of(from, is_odd) || !is_narrow(from[0].type) || !is_narrow(from[1].type) ||
      from[2].type != Stored::kInt64) {
    return false;
  }
  switch (from[3].type) {
    case Stored::kInt8:
      return write_events<int8_t>(from, n, added, off, to);
    case Stored::kUint8:
      return write_events<uint8_t>(from, n, added, off, to);
    case Stored::kInt16:
      return write_events<int16_t>(from, n, added, off, to);
    default:
      return false;
  }
}

size_t width_of(Stored type) noexcept {
  return with_type(type, [](auto value) { return sizeof(value); });
}

size_t to_int16(const StoredValues& from, size_t n, int32_t shift, int16_t* to) noexcept {
  return with_type(from.type, [&]<typename T>(T) -> size_t {
    if constexpr (std::is_integral_v<T>) {
      if (shift == 0 && magnitude_bits<T>(from, n) <= INT16_MAX) {
        write<T>(from, n, to, [](T value) { return static_cast<int16_t>(value); });
        return 0;
      }
    }
    return write_held<T>(from, n, to, [shift](T value) { return as_int16(value, shift); });
  });
}

size_t to_polarity(const StoredValues& from, size_t n, int8_t off, int8_t* to) noexcept {
  const int rise = 1 - off;  // without a branch, which polarity would make a gamble
  return with_type(from.type, [&]<typename T>(T) -> size_t {
    write<T>(from, n, to, [off, rise, inverted = from.inverted](T value) {
      return static_cast<int8_t>(off + rise * static_cast<int>((value > T{0}) != inverted));
    });
    return 0;
  });
}

void to_measure(const StoredValues& from, size_t n, double unit, double* to) noexcept {
  (void)with_type(from.type, [&]<typename T>(T) -> size_t {
    write<T>(from, n, to, [unit](T value) { return static_cast<double>(value) * unit; });
    return 0;
  });
}

size_t to_time(const StoredValues& from, size_t n, const TimeRule& rule, int64_t epoch,
               int64_t* to) noexcept {
  if (from.type == Stored::kStamp) {
    return write_held<uint64_t>(from, n, to, [&rule, epoch](uint64_t stamp) {
      return plus(as_time(microseconds_of(stamp), rule).value, epoch);
    });
  }
  return with_type(from.type, [&]<typename T>(T) -> size_t {
    if constexpr (std::is_integral_v<T>) {
      if (is_plain(rule, epoch) && magnitude_bits<T>(from, n) < kModest) {
        const int64_t added = rule.offset + epoch;
        write<T>(from, n, to, [added](T value) { return static_cast<int64_t>(value) + added; });
        return 0;
      }
    }
    return write_held<T>(from, n, to, [&rule, epoch](T value) -> Held<int64_t> {
      const auto time = as_time(value, rule);
      const auto sum = plus(time.value, epoch);
      return {sum.value, time.exact && sum.exact};
    });
  });
}

}  // namespace evarrow
