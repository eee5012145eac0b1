// SPDX-License-Identifier: Apache-2.0
// Events whose surroundings are young enough.
#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/bands.h"
#include "filters/check.h"
#include "filters/decay.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

class TimeSurfaceDenoiser final : public SensorFilter {
 public:
  TimeSurfaceDenoiser(const Sensor& sensor, const SurfaceOptions& options)
      : SensorFilter("time_surface", sensor, {.memory = Memory::kPixels}),
        options_(options),
        times_(sensor, kNever, options.radius) {}

 private:
  void restart() override { times_.fill(kNever); }
  int32_t reach() const noexcept override { return options_.radius; }
  void part(const std::vector<Band>& bands) override { times_.part(bands); }
  void join(const std::vector<Band>& bands) override { times_.join(bands); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_band(0, events, n, bits);
  }

  void narrow_band(size_t band, const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&, map = times_.view(band)](size_t i) {
      int64_t* time = map.at(events.x[i], events.y[i]) + (events.polarity[i] > 0 ? 1 : 0);
      const bool kept = level(time, map.stride, events.t[i]) >= options_.threshold;
      *time = events.t[i];
      return kept;
    });
  }

  double level(const int64_t* time, ptrdiff_t row, int64_t t) const noexcept {
    const ptrdiff_t radius = options_.radius;
    double sum = 0;
    int seen = 0;
    for (ptrdiff_t dy = -radius; dy <= radius; ++dy) {
      for (ptrdiff_t dx = -radius; dx <= radius; ++dx) {
        const int64_t before = time[dy * row + 2 * dx];
        if (before == kNever) continue;
        ++seen;
        sum += weight(time_before(t, before));
      }
    }
    return options_.sum ? sum : seen == 0 ? 0.0 : sum / seen;
  }

  double weight(int64_t age) const noexcept {
    const double ages =
        static_cast<double>(std::max<int64_t>(age, 0)) / static_cast<double>(options_.tau);
    return options_.linear ? std::max(1 - ages, 0.0) : decay(ages);
  }

  SurfaceOptions options_;
  BandedMap<int64_t, 2> times_;  // OFF and ON
};

}  // namespace

std::unique_ptr<Filter> make_time_surface_filter(const Sensor& sensor,
                                                 const SurfaceOptions& options) {
  check_span(options.tau, "the time constant of time_surface");
  check_range(options.radius, "the radius of time_surface", 0, 15);
  if (!(options.threshold >= 0)) {
    throw Error(ErrorCode::kArgument, "the threshold of time_surface must be 0 or more");
  }
  return std::make_unique<TimeSurfaceDenoiser>(sensor, options);
}

}  // namespace evarrow
