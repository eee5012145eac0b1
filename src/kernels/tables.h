// SPDX-License-Identifier: Apache-2.0
// Where the lanes of a vector go when the wanted ones move to its front.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace evarrow::kernels {

struct CompressTable {
  // Row m: the numbers of the set bits of m, then zeros.
  alignas(64) std::array<std::array<uint8_t, 8>, 256> lanes{};

  constexpr CompressTable() {
    for (size_t mask = 0; mask < lanes.size(); ++mask) {
      size_t n = 0;
      for (size_t lane = 0; lane < 8; ++lane) {
        if ((mask >> lane & 1U) != 0) lanes[mask][n++] = static_cast<uint8_t>(lane);
      }
    }
  }
};
inline constexpr CompressTable kCompress;

}  // namespace evarrow::kernels
