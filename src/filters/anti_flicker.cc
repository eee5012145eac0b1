// SPDX-License-Identifier: Apache-2.0
// Pixels that flicker in a band of frequencies, and the events of those that do not.
#include <algorithm>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

struct Pixel {
  int64_t rise = kNever;  // when OFF last turned to ON
  int64_t period = 0;     // between the two rises before, 0: none yet
  int32_t matches = 0;    // how many periods were as they are of a lamp, less those that were not
  bool on = true;         // so that a first event is no rise
  bool flickers = false;
};

class AntiFlicker final : public SensorFilter {
 public:
  AntiFlicker(const Sensor& sensor, const AntiFlickerOptions& options)
      : SensorFilter("anti_flicker", sensor, {.memory = Memory::kPixels}),
        options_(options),
        pixels_(sensor, {}) {}

 private:
  void restart() override { pixels_.fill({}); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&, map = pixels_.view()](size_t i) {
      Pixel& pixel = *map.at(events.x[i], events.y[i]);
      const int64_t t = events.t[i];
      const bool on = events.polarity[i] > 0;
      if (pixel.rise != kNever && time_before(t, pixel.rise) > options_.longest) {
        pixel = {.on = pixel.on};
      }
      if (on && !pixel.on) rise(pixel, t);
      pixel.on = on;
      return pixel.flickers == options_.keep_flicker;
    });
  }

  void rise(Pixel& pixel, int64_t t) const noexcept {
    if (pixel.rise != kNever) {
      const int64_t period = time_before(t, pixel.rise);
      const bool in_band = period >= options_.shortest && period <= options_.longest;
      const int64_t off = std::max(period, pixel.period) - std::min(period, pixel.period);
      const bool steady = pixel.period == 0 || off <= options_.tolerance;
      pixel.matches = in_band && steady ? std::min(pixel.matches + 1, options_.start)
                                        : std::max(pixel.matches - 1, 0);
      if (pixel.matches >= options_.start) pixel.flickers = true;
      if (pixel.matches < options_.stop) pixel.flickers = false;
      pixel.period = std::max<int64_t>(period, 1);
    }
    pixel.rise = t;
  }

  AntiFlickerOptions options_;
  PixelMap<Pixel> pixels_;
};

}  // namespace

std::unique_ptr<Filter> make_anti_flicker(const Sensor& sensor, const AntiFlickerOptions& options) {
  check_span(options.shortest, "the shortest period of anti_flicker");
  check_span(options.longest, "the longest period of anti_flicker", options.shortest);
  check_span(options.tolerance, "the tolerance of anti_flicker", 0);
  check_range(options.start, "the start of anti_flicker", 1, 1000);
  check_range(options.stop, "the stop of anti_flicker", 1, options.start);
  return std::make_unique<AntiFlicker>(sensor, options);
}

}  // namespace evarrow
