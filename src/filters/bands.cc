// SPDX-License-Identifier: Apache-2.0
#include "filters/bands.h"

#include <numeric>

namespace evarrow {
namespace {

constexpr size_t kSamples = 16'384;

}  // namespace

std::vector<Band> make_bands(const int16_t* y, size_t n, int32_t height, int32_t grain,
                             size_t count) {
  const int32_t grains = (height + grain - 1) / grain;
  // One of each from the start, so that no band is without pixels if there are no events.
  std::vector<size_t> sums(static_cast<size_t>(grains), 1);
  for (size_t i = 0; i < n; i += n / kSamples + 1) {
    if (y[i] >= 0 && y[i] < height) ++sums[static_cast<size_t>(y[i] / grain)];
  }
  std::partial_sum(sums.begin(), sums.end(), sums.begin());
  std::vector<Band> bands;
  int32_t begin = 0;
  for (size_t i = 1; i <= count && begin < height; ++i) {
    const auto last = std::ranges::lower_bound(sums, sums.back() * i / count);
    const auto end = static_cast<int32_t>(last - sums.begin() + 1) * grain;
    if (end <= begin) continue;
    bands.push_back({bands.size(), begin, i == count ? height : std::min(end, height)});
    begin = bands.back().end;
  }
  bands.back().end = height;
  return bands;
}

}  // namespace evarrow
