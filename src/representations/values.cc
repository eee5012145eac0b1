// SPDX-License-Identifier: Apache-2.0
#include "representations/values.h"

#include <functional>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

namespace evarrow {
namespace {

bool is_fraction(ValueType type) noexcept {
  return type == ValueType::kF32 || type == ValueType::kF64;
}

// The value, or the bound of the type that is nearest to it. Fractions are wanted as they are.
template <typename To, typename From>
To nearest(From value) noexcept {
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else {
    using Limits = std::numeric_limits<To>;
    if (std::cmp_less(value, Limits::min())) return Limits::min();
    if (std::cmp_greater(value, Limits::max())) return Limits::max();
    return static_cast<To>(value);
  }
}

}  // namespace

size_t width_of(ValueType type) noexcept {
  return with_type(type, [](auto value) { return sizeof(value); });
}

size_t Representation::values() const noexcept {
  return std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>());
}

bool converts(ValueType from, ValueType to) noexcept {
  return is_fraction(to) || !is_fraction(from);
}

void convert_values(const std::byte* from, ValueType from_type, std::byte* to, ValueType to_type,
                    size_t n, bool wraps) noexcept {
  with_type(from_type, [&](auto source) {
    with_type(to_type, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      if constexpr (std::is_floating_point_v<To> || !std::is_floating_point_v<From>) {
        const auto* values = reinterpret_cast<const From*>(from);
        auto* out = reinterpret_cast<To*>(to);
        if (wraps) {
          // Signs stay: the values are numbers, not characters.
          // NOLINTNEXTLINE(bugprone-signed-char-misuse)
          for (size_t i = 0; i < n; ++i) out[i] = static_cast<To>(values[i]);
        } else {
          for (size_t i = 0; i < n; ++i) out[i] = nearest<To>(values[i]);
        }
      }
    });
  });
}

}  // namespace evarrow
