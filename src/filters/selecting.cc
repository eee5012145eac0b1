// SPDX-License-Identifier: Apache-2.0
#include "filters/selecting.h"

#include <string>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr int32_t kMostPixels = 32'768;

bool all_inside(const Sensor& sensor, const int16_t* x, const int16_t* y, size_t n) noexcept {
  // In 16 bits, so that the compiler's vectors hold many.
  uint16_t most_x = 0;
  uint16_t most_y = 0;
  for (size_t i = 0; i < n; ++i) {
    most_x = std::max(most_x, static_cast<uint16_t>(x[i]));
    most_y = std::max(most_y, static_cast<uint16_t>(y[i]));
  }
  return n == 0 || (most_x < sensor.width && most_y < sensor.height);
}

}  // namespace

void SelectingFilter::run(EventBatch& events) {
  size_t at = 0;
  for (size_t begin = 0; begin < events.size(); begin += kBlockRows) {
    const size_t n = admit(events, begin, std::min(kBlockRows, events.size() - begin));
    if (n == 0) continue;
    change(events, begin, n);
    const size_t kept = select(columns_at(events, begin), n, bits_.data());
    mover_.move(events, begin, n, bits_.data(), kept, events, at);
    at += kept;
  }
  events.resize(at);
}

void check_sensor(const Sensor& sensor) {
  if (sensor.outside == Outside::kClamp) {
    throw Error(ErrorCode::kArgument, "filters do not move events to the edge of the sensor");
  }
  if (sensor.width >= 1 && sensor.height >= 1 && sensor.width <= kMostPixels &&
      sensor.height <= kMostPixels) {
    return;
  }
  throw Error(ErrorCode::kArgument, "a sensor has 1 to 32768 pixels each way, not " +
                                        std::to_string(sensor.width) + " x " +
                                        std::to_string(sensor.height));
}

void throw_outside(const Filter& filter, const Sensor& sensor, const EventBatch& events, size_t row,
                   uint64_t number) {
  throw Error(ErrorCode::kArgument,
              "event " + std::to_string(number) + " lies at (" + std::to_string(events.x()[row]) +
                  ", " + std::to_string(events.y()[row]) + "), outside the sensor of " +
                  std::to_string(sensor.width) + " x " + std::to_string(sensor.height) +
                  " pixels that the filter " + std::string(filter.name()) + " was given");
}

SensorFilter::SensorFilter(std::string_view name, const Sensor& sensor, FilterTraits traits)
    : SelectingFilter(name, traits), sensor_(sensor) {
  check_sensor(sensor);
}

size_t SensorFilter::admit(EventBatch& events, size_t begin, size_t n) {
  const int16_t* x = events.x() + begin;
  const int16_t* y = events.y() + begin;
  if (all_inside(sensor_, x, y, n)) return n;
  BlockBits bits;
  const size_t kept =
      fill_bits(n, bits.data(), [&](size_t i) { return is_inside(sensor_, x[i], y[i]); });
  if (sensor_.outside == Outside::kRaise) {
    size_t row = 0;
    while (is_inside(sensor_, x[row], y[row])) ++row;
    throw_outside(*this, sensor_, events, begin + row, position() + begin + row);
  }
  count_outside(n - kept);
  move(events, begin, n, bits.data(), kept);
  return kept;
}

}  // namespace evarrow
