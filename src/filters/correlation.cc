// SPDX-License-Identifier: Apache-2.0
// Events that enough recent events lie around.
#include "evarrow/filters.h"
#include "filters/bands.h"
#include "filters/check.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

// The sensor as seen in blocks of 2^shift pixels each way.
Sensor in_blocks(const Sensor& sensor, int shift) noexcept {
  return {.width = ((sensor.width - 1) >> shift) + 1, .height = ((sensor.height - 1) >> shift) + 1};
}

class Correlation final : public SensorFilter {
 public:
  Correlation(const Sensor& sensor, const CorrelationOptions& options)
      : SensorFilter("spatio_temporal_correlation", sensor, {.memory = Memory::kPixels}),
        options_(options),
        span_(options.window + (options.inclusive ? 1 : 0)),
        times_(in_blocks(sensor, options.subsample), kNever, options.radius,
               1 << options.subsample),
        on_(in_blocks(sensor, options.subsample), 0, options.radius, 1 << options.subsample) {}

 private:
  void restart() override { times_.fill(kNever); }
  int32_t reach() const noexcept override { return options_.radius << options_.subsample; }
  int32_t grain() const noexcept override { return 1 << options_.subsample; }
  void part(const std::vector<Band>& bands) override {
    times_.part(bands);
    on_.part(bands);
  }
  void join(const std::vector<Band>& bands) override {
    times_.join(bands);
    on_.join(bands);
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_band(0, events, n, bits);
  }

  void narrow_band(size_t band, const EventSpan& events, size_t n, uint64_t* bits) override {
    const auto times = times_.view(band);
    const auto polarities = on_.view(band);
    narrow_bits(n, bits, [&](size_t i) {
      const auto x = static_cast<int16_t>(events.x[i] >> options_.subsample);
      const auto y = static_cast<int16_t>(events.y[i] >> options_.subsample);
      const int64_t t = events.t[i];
      const int8_t on = events.polarity[i] > 0 ? 1 : 0;
      int64_t* time = times.at(x, y);
      int8_t* polarity = polarities.at(x, y);
      const bool first = *time == kNever && !options_.keep_first;
      const bool kept = !first && count(time, polarity, times.stride, time_before(t, span_), on) >=
                                      options_.least;
      *time = t;
      *polarity = on;
      return kept;
    });
  }

  // The pixels around whose last event was later than `after`.
  int count(const int64_t* time, const int8_t* polarity, ptrdiff_t row, int64_t after,
            int8_t on) const noexcept {
    const ptrdiff_t radius = options_.radius;
    int count = 0;
    for (ptrdiff_t dy = -radius; dy <= radius; ++dy) {
      const int64_t* times = time + dy * row;
      const int8_t* polarities = polarity + dy * row;
      for (ptrdiff_t dx = -radius; dx <= radius; ++dx) {
        count += static_cast<int>(times[dx] > after) &
                 static_cast<int>(!options_.same_polarity || polarities[dx] == on);
      }
    }
    if (!options_.own && *time > after && (!options_.same_polarity || *polarity == on)) --count;
    return count;
  }

  CorrelationOptions options_;
  int64_t span_;
  BandedMap<int64_t> times_;
  BandedMap<int8_t> on_;
};

}  // namespace

std::unique_ptr<Filter> make_correlation(const Sensor& sensor, const CorrelationOptions& options) {
  check_span(options.window, "the window of spatio_temporal_correlation");
  check_range(options.radius, "the radius of spatio_temporal_correlation", 0, 15);
  check_range(options.subsample, "the subsampling of spatio_temporal_correlation", 0, 7);
  const int side = 2 * options.radius + 1;
  check_range(options.least, "the number of pixels that spatio_temporal_correlation needs", 1,
              side * side - (options.own ? 0 : 1));
  return std::make_unique<Correlation>(sensor, options);
}

}  // namespace evarrow
