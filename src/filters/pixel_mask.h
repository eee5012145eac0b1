// SPDX-License-Identifier: Apache-2.0
// Which pixels of a sensor are wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evarrow/filter.h"
#include "filters/mover.h"

namespace evarrow {

class PixelMask {
 public:
  // `wanted` has a value of 0 or 1 for each pixel, row by row.
  PixelMask(const Sensor& sensor, std::vector<uint8_t> wanted);

  // For changes, pixel by pixel.
  std::vector<uint8_t>& wanted() noexcept { return wanted_; }

  // Clears the bits of those of the n events, kBlockRows at most, whose pixel is not wanted. Those
  // whose bit is set lie inside of the sensor.
  void narrow(const EventSpan& events, size_t n, uint64_t* bits) const;

 private:
  int32_t width_;
  int32_t height_;
  std::vector<uint8_t> wanted_;
};

}  // namespace evarrow
