// SPDX-License-Identifier: Apache-2.0
// Special events, by the numbers that libcaer gives them, as rows of the stream `triggers`.
#pragma once

#include <array>
#include <cstdint>

namespace evarrow::aedat {

// What ends has the id of what begins, and is OFF; what just happens is ON.
struct Signal {
  int16_t id;
  bool on;
};

constexpr Signal signal_of(uint32_t type) noexcept {
  // External inputs fall (3, 7, 10), the generator falls (13), frames and exposures end (15, 17).
  constexpr std::array<uint32_t, 6> kEnds = {3, 7, 10, 13, 15, 17};
  for (const uint32_t end : kEnds) {
    if (type == end) return {static_cast<int16_t>(type - 1), false};
  }
  return {static_cast<int16_t>(type), true};
}

}  // namespace evarrow::aedat
