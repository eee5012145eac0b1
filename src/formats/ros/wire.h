// SPDX-License-Identifier: Apache-2.0
// The values of a message as ROS puts them in bytes: one behind the other (ROS 1), or each aligned
// to its own size and in either order of bytes (CDR, ROS 2).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "evarrow/event.h"

namespace evarrow::ros {

enum class Wire : uint8_t { kRos1, kCdr };

// Takes values from the front of bytes that may be cut off. Past their end all values are 0.
class WireReader {
 public:
  WireReader() = default;
  explicit WireReader(Bytes bytes) : bytes_(bytes) {}

  // Of a message, which CDR begins with how it is written.
  WireReader(Bytes bytes, Wire wire) : bytes_(bytes), is_cdr_(wire == Wire::kCdr) {
    if (!is_cdr_) return;
    constexpr uint32_t kMostPlain = 1;  // CDR in either order; what follows has lists of parameters
    const Bytes front = take(kCdrHeader);
    is_good_ =
        is_good_ && front[0] == std::byte{0} && static_cast<uint32_t>(front[1]) <= kMostPlain;
    is_swapped_ = is_good_ && front[1] == std::byte{0};
  }

  bool is_good() const noexcept { return is_good_; }
  bool is_swapped() const noexcept { return is_swapped_; }
  size_t position() const noexcept { return at_; }

  template <typename T>
  T number() noexcept {
    align(sizeof(T));
    const Bytes bytes = take(sizeof(T));
    T value{};
    if (!is_good_) return value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    if (!is_swapped_) return value;
    auto turned = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    for (size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(turned[i], turned[sizeof(T) - 1 - i]);
    return std::bit_cast<T>(turned);
  }

  // Bytes behind their number.
  Bytes sequence() noexcept { return take(number<uint32_t>()); }

  std::string_view text() noexcept {
    const Bytes bytes = sequence();
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (is_cdr_ && text.ends_with('\0')) text.remove_suffix(1);
    return text;
  }

  Bytes take(size_t size) noexcept {
    is_good_ = is_good_ && size <= bytes_.size() - at_;
    if (!is_good_) return {};
    const Bytes taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
  }

  void align(size_t size) noexcept {
    if (is_cdr_) (void)take((size - (at_ - kCdrHeader) % size) % size);
  }

  Bytes rest() const noexcept { return bytes_.subspan(at_); }

 private:
  static constexpr size_t kCdrHeader = 4;

  Bytes bytes_;
  size_t at_ = 0;
  bool is_cdr_ = false;
  bool is_swapped_ = false;
  bool is_good_ = true;
};

}  // namespace evarrow::ros
