// SPDX-License-Identifier: Apache-2.0
// Events that have a recent event beside them.
#include <algorithm>
#include <string>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

// How many events ahead memory is asked for what they will look at.
constexpr size_t kAhead = 16;

template <int kNeighbours>
class BackgroundActivity final : public SensorFilter {
 public:
  BackgroundActivity(const Sensor& sensor, const BackgroundActivityOptions& options)
      : SensorFilter("background_activity", sensor),
        // An event is kept if a neighbour's last one was later than t - span.
        span_(options.window + (options.inclusive ? 1 : 0)),
        first_(options.primed ? 0 : kNever),
        times_(sensor, kNever, 1) {
    times_.fill_pixels(first_);
  }

 private:
  void restart() override { times_.fill_pixels(first_); }

  size_t select(const EventColumns& events, size_t n, uint64_t* bits) override {
    return fill_bits(n, bits, [=, map = times_.view(), span = span_](size_t i) {
      const ptrdiff_t row = map.stride;
      const size_t ahead = std::min(i + kAhead, n - 1);
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
  PixelMap<int64_t> times_;
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
