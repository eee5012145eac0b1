// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/samples.h"

#include <array>
#include <cmath>
#include <string>

#include "formats/encoding.h"

namespace evarrow::aedat4 {
namespace {

constexpr size_t kMostPixels = size_t{1} << 29;  // bytes

// Of the numbers of a sample, in their order.
constexpr std::array<double, 10> kSampleUnits = {1,
                                                 kStandardGravity,
                                                 kStandardGravity,
                                                 kStandardGravity,
                                                 kRadiansPerDegree,
                                                 kRadiansPerDegree,
                                                 kRadiansPerDegree,
                                                 kTeslaPerMicrotesla,
                                                 kTeslaPerMicrotesla,
                                                 kTeslaPerMicrotesla};
constexpr std::array<size_t, 10> kSampleColumns = {
    kImuTemperature, kImuAccel,    kImuAccel + 1, kImuAccel + 2, kImuGyro,
    kImuGyro + 1,    kImuGyro + 2, kImuMag,       kImuMag + 1,   kImuMag + 2};

}  // namespace

Sample sample_of(const Batch& samples, size_t i, uint64_t row) {
  Sample sample = {.t = samples.column<int64_t>(kImuT)[i], .numbers = {}};
  for (size_t number = 0; number < sample.numbers.size(); ++number) {
    const size_t column = kSampleColumns[number];
    const double value = samples.column<double>(column)[i] / kSampleUnits[number];
    sample.numbers[number] = static_cast<float>(value);
    if (std::isinf(sample.numbers[number]) && !std::isinf(value)) {
      refuse_row({.rows = "imu", .number = row},
                 std::string(kImuFields[column].name) +
                     " is too large for the 32-bit numbers that AEDAT 4 holds");
    }
  }
  return sample;
}

void check_picture(const Picture& picture, uint64_t number) {
  const RowName row = {.rows = "frames", .number = number};
  const uint64_t bytes = picture.place.bytes();
  check_pixels(row, picture);
  if (bytes > kMostPixels) {
    refuse_row(row, "it has " + std::to_string(bytes) + " bytes of pixels, but AEDAT 4 holds " +
                        std::to_string(kMostPixels));
  }
  if (picture.exposure_begin == 0 && picture.exposure_end == 0 && picture.t != 0) {
    refuse_row(row, "AEDAT 4 has no exposure from 0 to 0 beside another time, which is " +
                        std::to_string(picture.t) + " us");
  }
}

}  // namespace evarrow::aedat4
