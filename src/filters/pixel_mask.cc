// SPDX-License-Identifier: Apache-2.0
#include "filters/pixel_mask.h"

#include <array>
#include <cstring>
#include <utility>

#include "filters/selecting.h"
#include "kernels/cells.h"

namespace evarrow {

PixelMask::PixelMask(const Sensor& sensor, std::vector<uint8_t> wanted)
    : width_(sensor.width), height_(sensor.height), wanted_(std::move(wanted)) {}

void PixelMask::narrow(const EventSpan& events, size_t n, uint64_t* bits) const {
  std::array<uint32_t, kBlockRows> cells;
  const uint8_t* wanted = wanted_.data();
  if (kernels::cell_loops().cells(events.x, events.y, n, width_, height_, cells.data())) {
    // All events are looked at, wanted or not: that is faster than a list of them.
    std::array<uint8_t, kBlockRows> flags;
    for (size_t i = 0; i < n; ++i) flags[i] = wanted[cells[i]];
    std::memset(flags.data() + n, 0, words_of(n) * kernels::kWordRows - n);
    for (size_t word = 0; word < words_of(n); ++word) {
      bits[word] &= pack_flags(flags.data() + word * kernels::kWordRows);
    }
    return;
  }
  narrow_bits(n, bits, [&](size_t i) {
    return wanted[static_cast<size_t>(events.y[i]) * static_cast<size_t>(width_) +
                  static_cast<size_t>(events.x[i])];
  });
}

}  // namespace evarrow
