// SPDX-License-Identifier: Apache-2.0
// Events that do not follow too soon upon another one of their pixel.
#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

template <Since kSince, bool kPerPolarity>
class Refractory final : public SensorFilter {
 public:
  Refractory(const Sensor& sensor, const RefractoryOptions& options)
      : SensorFilter("refractory", sensor, {.memory = Memory::kPixels}),
        // An event is kept if the one before it is at t - distance or earlier.
        distance_(options.period + (options.strict ? 1 : 0)),
        first_(options.primed ? -options.period : kNever),
        before_(sensor, first_) {}

 private:
  void restart() override { before_.fill(first_); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [=, map = before_.view(), distance = distance_](size_t i, size_t ahead) {
      __builtin_prefetch(map.at(events.x[ahead], events.y[ahead]), 1);
      int64_t* before = map.at(events.x[i], events.y[i]);
      if constexpr (kPerPolarity) before += events.polarity[i] > 0 ? 1 : 0;
      const int64_t t = events.t[i];
      const int64_t last = *before;
      const bool kept = last <= time_before(t, distance);
      // Both are stored without a branch, which could not be foretold.
      const int64_t all = kSince == Since::kSeen ? -1 : -static_cast<int64_t>(kept);
      *before = (t & all) | (last & ~all);
      return kept;
    });
  }

  int64_t distance_;
  int64_t first_;
  PixelMap<int64_t, kPerPolarity ? 2 : 1> before_;
};

}  // namespace

std::unique_ptr<Filter> make_refractory(const Sensor& sensor, const RefractoryOptions& options) {
  check_span(options.period, "the period of refractory", 0);
  const bool kept = options.since == Since::kKept;
  if (options.per_polarity) {
    if (kept) return std::make_unique<Refractory<Since::kKept, true>>(sensor, options);
    return std::make_unique<Refractory<Since::kSeen, true>>(sensor, options);
  }
  if (kept) return std::make_unique<Refractory<Since::kKept, false>>(sensor, options);
  return std::make_unique<Refractory<Since::kSeen, false>>(sensor, options);
}

}  // namespace evarrow
