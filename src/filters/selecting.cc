// SPDX-License-Identifier: Apache-2.0
#include "filters/selecting.h"

#include <string>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr int32_t kMostPixels = 32'768;

// Which of n events from row `begin` on lie in columns [0, width) and rows [first, last) of pixels.
size_t select_pixels(const EventBatch& events, size_t begin, size_t n, int32_t width, int32_t first,
                     int32_t last, uint64_t* bits) noexcept {
  const kernels::Box box = {.x = events.x() + begin,
                            .y = events.y() + begin,
                            .x_end = width,
                            .y_begin = first,
                            .y_end = last};
  return kernels::selector().box(box, n, bits);
}

size_t narrow_to(const uint64_t* in, size_t n, uint64_t* bits) noexcept {
  for (size_t word = 0; word < words_of(n); ++word) bits[word] &= in[word];
  return count_bits(bits, n);
}

}  // namespace

void SelectingFilter::run(EventBatch& events) {
  BlockBits bits;
  size_t at = 0;
  for (size_t begin = 0; begin < events.size(); begin += kBlockRows) {
    size_t n = std::min(kBlockRows, events.size() - begin);
    set_bits(bits.data(), n);
    const size_t admitted = admit(events, begin, n, bits.data(), position() + begin);
    if (admitted == 0) continue;
    if (traits().changes != 0) {
      mover_.move(events, begin, n, bits.data(), admitted, events, begin);
      n = admitted;
      set_bits(bits.data(), n);
      change(events, begin, n);
    }
    narrow(columns_at(events, begin), n, bits.data());
    const size_t kept = count_bits(bits.data(), n);
    mover_.move(events, begin, n, bits.data(), kept, events, at);
    at += kept;
  }
  events.resize(at);
}

void SelectingFilter::select(const EventBatch& events, size_t begin, size_t n, uint64_t* bits) {
  FilterCounts counts;
  for (size_t i = 0; i < n; i += kBlockRows) {
    const size_t rows = std::min(kBlockRows, n - i);
    uint64_t* block = bits + i / kernels::kWordRows;
    const size_t in = count_bits(block, rows);
    if (in == 0) continue;
    const size_t admitted = admit(events, begin + i, rows, block, position() + counts.in);
    counts.in += in;
    if (admitted == 0) continue;
    narrow(columns_at(events, begin + i), rows, block);
    counts.out += count_bits(block, rows);
  }
  count(counts);
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

size_t SensorFilter::admit(const EventBatch& events, size_t begin, size_t n, uint64_t* bits,
                           uint64_t number) {
  BlockBits inside;
  const size_t in = count_bits(bits, n);
  if (select_pixels(events, begin, n, sensor_.width, 0, sensor_.height, inside.data()) == n) {
    return in;
  }
  if (sensor_.outside == Outside::kRaise) {
    for (size_t i = 0; i < n; ++i) {
      const uint64_t bit = uint64_t{1} << i % kernels::kWordRows;
      if ((bits[i / kernels::kWordRows] & bit) == 0) continue;
      if ((inside[i / kernels::kWordRows] & bit) == 0) {
        throw_outside(*this, sensor_, events, begin + i, number);
      }
      ++number;
    }
  }
  const size_t admitted = narrow_to(inside.data(), n, bits);
  count({.outside = in - admitted});
  return admitted;
}

size_t SensorFilter::select_band(const Band& band, const EventBatch& events, size_t begin, size_t n,
                                 const uint64_t* in, uint64_t* out) {
  const int32_t first = std::max(band.begin - reach(), 0);
  const int32_t last = std::min(band.end + reach(), sensor_.height);
  size_t admitted = 0;
  for (size_t i = 0; i < n; i += kBlockRows) {
    const size_t rows = std::min(kBlockRows, n - i);
    const size_t word = i / kernels::kWordRows;
    select_pixels(events, begin + i, rows, sensor_.width, first, last, out + word);
    if (narrow_to(in + word, rows, out + word) == 0) continue;
    if (reach() == 0) admitted += count_bits(out + word, rows);
    narrow_band(band.number, columns_at(events, begin + i), rows, out + word);
    if (reach() == 0) continue;
    // Events beside the band are only there to be remembered.
    BlockBits own;
    select_pixels(events, begin + i, rows, sensor_.width, band.begin, band.end, own.data());
    admitted += narrow_to(in + word, rows, own.data());
    narrow_to(own.data(), rows, out + word);
  }
  return admitted;
}

}  // namespace evarrow
