// SPDX-License-Identifier: Apache-2.0
#include "sample/time_bins.h"

namespace evarrow::sample {

void TimeBins::take(int64_t t, std::vector<SensorEvent>& sorted) {
  std::vector<SensorEvent>& bin = bins_[bin_of(t)];
  std::array<uint32_t, kStep + 1> begins{};  // of the events of each microsecond
  for (const SensorEvent& event : bin) ++begins[size_t{event.t} + 1];
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  sorted.resize(bin.size());
  for (const SensorEvent& event : bin) sorted[begins[event.t]++] = event;
  bin.clear();
}

}  // namespace evarrow::sample
