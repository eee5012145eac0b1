// SPDX-License-Identifier: Apache-2.0
// Events of the pixels that a mask names.
#include <algorithm>
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/pixel_mask.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

class MaskFilter final : public SensorFilter {
 public:
  MaskFilter(const Sensor& sensor, std::vector<uint8_t> mask)
      : SensorFilter("mask", sensor, {.memory = Memory::kNothing}), mask_(sensor, std::move(mask)) {
    for (uint8_t& wanted : mask_.wanted()) wanted = wanted != 0 ? 1 : 0;
  }

 private:
  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    mask_.narrow(events, n, bits);
  }

  PixelMask mask_;
};

}  // namespace

std::unique_ptr<Filter> make_mask(const Sensor& sensor, std::vector<uint8_t> mask) {
  if (mask.size() != static_cast<size_t>(sensor.width) * static_cast<size_t>(sensor.height)) {
    throw Error(ErrorCode::kArgument,
                "a mask has a value for each pixel of its sensor, which are " +
                    std::to_string(sensor.width) + " x " + std::to_string(sensor.height));
  }
  return std::make_unique<MaskFilter>(sensor, std::move(mask));
}

}  // namespace evarrow
