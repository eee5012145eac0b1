// SPDX-License-Identifier: Apache-2.0
// Events by the time since the one before of their pixel.
#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

class Interval final : public SensorFilter {
 public:
  Interval(const Sensor& sensor, const IntervalOptions& options)
      : SensorFilter("interval", sensor, {.memory = Memory::kPixels}),
        options_(options),
        times_(sensor, kNever) {}

 private:
  void restart() override { times_.fill(kNever); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [=, map = times_.view(), options = options_](size_t i) {
      int64_t* before = map.at(events.x[i], events.y[i]);
      const int64_t passed = time_before(events.t[i], *before);
      const bool within = passed >= options.least && passed <= options.most;
      const bool kept = *before == kNever ? options.keep_first : within == options.inside;
      *before = events.t[i];
      return kept;
    });
  }

  IntervalOptions options_;
  PixelMap<int64_t> times_;
};

}  // namespace

std::unique_ptr<Filter> make_interval(const Sensor& sensor, const IntervalOptions& options) {
  if (options.least > options.most) {
    throw Error(ErrorCode::kArgument, "the least interval is longer than the longest one");
  }
  return std::make_unique<Interval>(sensor, options);
}

}  // namespace evarrow
