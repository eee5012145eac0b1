// SPDX-License-Identifier: Apache-2.0
// The last events around a pixel, and how long ago they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evarrow/representations.h"

namespace evarrow {

class LocalSurfaces {
 public:
  // Throws Error(kArgument) for a radius or a tau that makes no sense.
  LocalSurfaces(Resolution resolution, const LocalSurfaceOptions& options);

  size_t values() const noexcept { return size_ * size_; }  // of one surface
  // Remembers the event of a row and puts the surface around it into `out`: zeros and false for one
  // outside the sensor. Throws Error(kArgument) for a time before that of the row before.
  bool add(const EventBatch& events, size_t row, float* out);

 private:
  Resolution resolution_;
  LocalSurfaceOptions options_;
  size_t radius_, size_, stride_, plane_;
  std::vector<int64_t> last_;
};

}  // namespace evarrow
