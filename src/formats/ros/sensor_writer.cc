// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/sensor_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/ros/cdr_writer.h"

namespace evarrow::ros {
namespace {

// Covariances, which nothing is known of; the first says whether their numbers mean anything.
void append_covariances(CdrWriter& writer, bool is_known) {
  constexpr size_t kCovariances = 9;
  writer.number(is_known ? 0.0 : -1.0);
  for (size_t i = 1; i < kCovariances; ++i) writer.number(0.0);
}

void append_measured(CdrWriter& writer, const Batch& samples, size_t i, size_t column) {
  std::array<double, 3> numbers{};
  for (size_t axis = 0; axis < numbers.size(); ++axis) {
    numbers[axis] = samples.column<double>(column + axis)[i];
  }
  const bool is_known =
      !std::ranges::all_of(numbers, [](double number) { return std::isnan(number); });
  for (const double number : numbers) writer.number(is_known ? number : 0.0);
  append_covariances(writer, is_known);
}

}  // namespace

void append_imu(const std::string& frame_id, const Batch& samples, size_t i,
                std::vector<std::byte>& out) {
  CdrWriter writer(out);
  writer.header(samples.column<int64_t>(kImuT)[i], frame_id);
  for (const double number : {0.0, 0.0, 0.0, 1.0}) writer.number(number);
  append_covariances(writer, false);
  append_measured(writer, samples, i, kImuGyro);
  append_measured(writer, samples, i, kImuAccel);
}

void append_image(const std::string& frame_id, const Picture& picture, std::string_view encoding,
                  std::vector<std::byte>& out) {
  const auto height = static_cast<uint32_t>(picture.place.height);
  CdrWriter writer(out);
  writer.header(picture.t, frame_id);
  writer.number(height);
  writer.number(static_cast<uint32_t>(picture.place.width));
  writer.text(std::string(encoding));
  writer.number(uint8_t{0});  // the numbers are little-endian
  writer.number(static_cast<uint32_t>(picture.pixels.size()) / height);
  writer.sequence(picture.pixels);
}

}  // namespace evarrow::ros
