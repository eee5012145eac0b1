// SPDX-License-Identifier: Apache-2.0
// Where the periods of a recording begin: what the indexes inside of HDF5 files say.
#pragma once

#include <vector>

#include "evarrow/chunk_encoder.h"

namespace evarrow::hdf5 {

class PeriodStarts {
 public:
  explicit PeriodStarts(int64_t period) : period_(period) {}

  // `before`: rows of earlier calls.
  void add(const EventBatch& events, uint64_t before);
  // The periods that have begun since the last call.
  std::vector<PeriodStart> take();

 private:
  bool is_at_boundary(int64_t t) const noexcept;

  static constexpr uint64_t kMost = uint64_t{1} << 23;  // noted of a recording

  int64_t period_;
  bool started_ = false;
  int64_t first_ = 0;  // time of the first event
  uint64_t next_ = 0;  // number of the next period
  std::vector<PeriodStart> found_;
};

}  // namespace evarrow::hdf5
