// SPDX-License-Identifier: Apache-2.0
// Samples of an IMU and frames, as they become rows.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "evarrow/event.h"

namespace evarrow::aedat {

inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

// In the units of the stream `imu`.
struct Sample {
  std::array<double, 3> accel{};
  std::array<double, 3> gyro{};
  std::array<double, 3> mag = {kNotMeasured, kNotMeasured, kNotMeasured};
  double temperature = kNotMeasured;
};

// All but the times are those of the stream `frames`, which microseconds of all its times follow.
struct Frame {
  int64_t begin = 0;  // of the exposure
  int64_t end = 0;
  int16_t left = 0;
  int16_t top = 0;
  FramePlace place;
};

}  // namespace evarrow::aedat
