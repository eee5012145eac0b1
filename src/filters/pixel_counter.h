// SPDX-License-Identifier: Apache-2.0
// How many events each pixel of a sensor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evarrow/filter.h"

namespace evarrow {

class PixelCounter {
 public:
  struct Total {
    std::vector<uint64_t> counts;  // row by row
    int64_t first = INT64_MAX;     // the least time; past `last` if there were no events
    int64_t last = INT64_MIN;
  };

  explicit PixelCounter(const Sensor& sensor) : sensor_(sensor) {}

  // Counts events; those outside of the sensor have only times. Many are shared out to threads.
  void add(const EventBatch& events, int threads);

  // What there was; then it begins anew.
  Total take();

 private:
  // What one thread counts, in numbers that take half of the cache.
  struct Part {
    std::vector<uint32_t> counts;
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
  };

  void count(Part& part, const EventBatch& events, size_t begin, size_t end) const;
  void add_up();

  Sensor sensor_;
  std::vector<Part> parts_;
  uint64_t counted_ = 0;  // events in the parts
  Total total_;
};

}  // namespace evarrow
