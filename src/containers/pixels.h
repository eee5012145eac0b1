// SPDX-License-Identifier: Apache-2.0
// What is done to the pixels of frames on the way to a user.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "evarrow/event.h"

namespace evarrow {

// Puts red before blue.
inline void swap_colors(std::span<std::byte> pixels, const FramePlace& place) noexcept {
  const auto bytes = static_cast<size_t>(place.bits / 8);
  const size_t step = bytes * static_cast<size_t>(place.channels);
  for (size_t at = 0; at < pixels.size(); at += step) {
    std::byte* const blue = pixels.data() + at;
    std::swap_ranges(blue, blue + bytes, blue + 2 * bytes);
  }
}

}  // namespace evarrow
