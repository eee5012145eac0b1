// SPDX-License-Identifier: Apache-2.0
// Events that have a recent event beside them.
#include <algorithm>
#include <string>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/bands.h"
#include "filters/check.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

template <int kNeighbours>
class BackgroundActivity final : public SensorFilter {
 public:
  BackgroundActivity(const Sensor& sensor, const BackgroundActivityOptions& options)
      : SensorFilter("background_activity", sensor, {.memory = Memory::kPixels}),
        // An event is kept if a neighbour's last one was later than t - span.
        span_(options.window + (options.inclusive ? 1 : 0)),
        first_(options.primed ? 0 : kNever),
        times_(sensor, kNever, 1) {
    times_.fill_pixels(first_);
  }

 private:
  void restart() override { times_.fill_pixels(first_); }
  int32_t reach() const noexcept override { return 1; }
  void part(const std::vector<Band>& bands) override { times_.part(bands); }
  void join(const std::vector<Band>& bands) override { times_.join(bands); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_band(0, events, n, bits);
  }

  void narrow_band(size_t band, const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [=, map = times_.view(band), span = span_](size_t i, size_t ahead) {
      const ptrdiff_t row = map.stride;
      const int64_t* later = map.at(events.x[ahead], events.y[ahead]);
      __builtin_prefetch(later - row);
      __builtin_prefetch(later, 1);
      __builtin_prefetch(later + row);
      int64_t* cell = map.at(events.x[i], events.y[i]);
      const int64_t t = events.t[i];
      const bool kept = latest(cell, row) > time_before(t, span);
      *cell = t;
      return kept;
    });
  }

  static int64_t later(int64_t a, int64_t b) noexcept { return a < b ? b : a; }

  // Values one by one: together they would have to wait for what was stored one by one.
  static int64_t latest(const int64_t* cell, ptrdiff_t row) noexcept {
    const int64_t* above = cell - row;
    const int64_t* below = cell + row;
    const int64_t cross = later(later(above[0], below[0]), later(cell[-1], cell[1]));
    if constexpr (kNeighbours == 4) return cross;
    const int64_t corners = later(later(above[-1], above[1]), later(below[-1], below[1]));
    return later(cross, corners);
  }

  int64_t span_;
  int64_t first_;
  BandedMap<int64_t> times_;
};

}  // namespace

std::unique_ptr<Filter> make_background_activity(const Sensor& sensor,
                                                 const BackgroundActivityOptions& options) {
  check_span(options.window, "the window of background_activity");
  if (options.neighbours == 4) {
    return std::make_unique<BackgroundActivity<4>>(sensor, options);
  }
  if (options.neighbours == 8) {
    return std::make_unique<BackgroundActivity<8>>(sensor, options);
  }
  throw Error(ErrorCode::kArgument,
              "a pixel has 4 or 8 neighbours, not " + std::to_string(options.neighbours));
}

}  // namespace evarrow
