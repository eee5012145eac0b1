// SPDX-License-Identifier: Apache-2.0
#include "sample/noise.h"

#include "sample/curves.h"

namespace evarrow::sample {
namespace {

constexpr double kShotRate = 0.3;  // Hz per pixel
constexpr double kOnShare = 0.7;   // leaking charge looks like more light
constexpr int kPixelsPerHotPixel = 20'000;

}  // namespace

Noise::Noise(int width, int height, uint64_t seed)
    : width_(width),
      height_(height),
      random_(seed, 2),
      mean_interval_(1e6 / (kShotRate * width * height)),
      next_(mean_interval_ * random_.unit()) {
  for (int n = width * height / kPixelsPerHotPixel; n > 0; --n) {
    const double period = random_.between(1'000.0, 8'000.0);
    hot_.push_back({.x = static_cast<int>(random_.below(static_cast<uint32_t>(width))),
                    .y = static_cast<int>(random_.below(static_cast<uint32_t>(height))),
                    .period = period,
                    .next = period * random_.unit(),
                    .polarity = random_.unit() < kOnShare ? int8_t{1} : int8_t{-1}});
  }
}

void Noise::add(int64_t end, TimeBins& bins) {
  const auto limit = static_cast<double>(end);
  while (next_ < limit) {
    const auto x = static_cast<int>(random_.below(static_cast<uint32_t>(width_)));
    const auto y = static_cast<int>(random_.below(static_cast<uint32_t>(height_)));
    const int8_t polarity = random_.unit() < kOnShare ? int8_t{1} : int8_t{-1};
    bins.add(x, y, static_cast<int64_t>(next_), polarity);
    next_ -= mean_interval_ * logarithm(1.0 - random_.unit());
  }
  for (HotPixel& pixel : hot_) {
    while (pixel.next < limit) {
      bins.add(pixel.x, pixel.y, static_cast<int64_t>(pixel.next), pixel.polarity);
      pixel.next += pixel.period * random_.between(0.7, 1.3);
    }
  }
}

}  // namespace evarrow::sample
