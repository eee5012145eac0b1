// SPDX-License-Identifier: Apache-2.0
// Events that nothing in the scene causes: shot noise of all pixels, and a few hot pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "sample/random.h"
#include "sample/time_bins.h"

namespace evarrow::sample {

class Noise {
 public:
  Noise(int width, int height, uint64_t seed);

  // Adds the noise up to `end`, microseconds, from where the last call stopped.
  void add(int64_t end, TimeBins& bins);

 private:
  struct HotPixel {
    int x, y;
    double period;  // microseconds
    double next;    // microseconds
    int8_t polarity;
  };

  int width_;
  int height_;
  Random random_;
  double mean_interval_;  // microseconds
  double next_;           // microseconds
  std::vector<HotPixel> hot_;
};

}  // namespace evarrow::sample
