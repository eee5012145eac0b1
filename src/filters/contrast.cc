// SPDX-License-Identifier: Apache-2.0
// Bursts of a pixel: the second event of one, or the first of one.
#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

// What the last event of a pixel was.
enum class Last : uint8_t { kNone, kOff, kOn };

Last last_of(int8_t polarity) noexcept { return polarity > 0 ? Last::kOn : Last::kOff; }

class Contrast final : public SensorFilter {
 public:
  Contrast(const Sensor& sensor, const ContrastOptions& options)
      : SensorFilter("spatio_temporal_contrast", sensor, {.memory = Memory::kPixels}),
        window_(options.window),
        cut_trail_(options.cut_trail),
        times_(sensor, kNever),
        states_(sensor, {}) {}

 private:
  struct State {
    Last last = Last::kNone;
    bool passed = false;  // an event was kept since the polarity changed
  };

  void restart() override {
    times_.fill(kNever);
    states_.fill({});
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    const auto times = times_.view();
    const auto states = states_.view();
    narrow_bits(n, bits, [&](size_t i) {
      int64_t* before = times.at(events.x[i], events.y[i]);
      State* state = states.at(events.x[i], events.y[i]);
      const Last now = last_of(events.polarity[i]);
      const bool same = state->last == now;
      const bool follows = same && *before >= time_before(events.t[i], window_);
      const bool passed = same && state->passed;
      *before = events.t[i];
      *state = {now, passed || follows};
      return follows && !(cut_trail_ && passed);
    });
  }

  int64_t window_;
  bool cut_trail_;
  PixelMap<int64_t> times_;
  PixelMap<State> states_;
};

class Trail final : public SensorFilter {
 public:
  Trail(const Sensor& sensor, const TrailOptions& options)
      : SensorFilter("trail", sensor, {.memory = Memory::kPixels}),
        window_(options.window),
        times_(sensor, kNever),
        lasts_(sensor, Last::kNone) {}

 private:
  void restart() override {
    times_.fill(kNever);
    lasts_.fill(Last::kNone);
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    const auto times = times_.view();
    const auto lasts = lasts_.view();
    narrow_bits(n, bits, [&](size_t i) {
      int64_t* before = times.at(events.x[i], events.y[i]);
      Last* last = lasts.at(events.x[i], events.y[i]);
      const Last now = last_of(events.polarity[i]);
      const bool kept = *last != now || *before <= time_before(events.t[i], window_);
      *before = events.t[i];
      *last = now;
      return kept;
    });
  }

  int64_t window_;
  PixelMap<int64_t> times_;
  PixelMap<Last> lasts_;
};

}  // namespace

std::unique_ptr<Filter> make_contrast(const Sensor& sensor, const ContrastOptions& options) {
  check_span(options.window, "the window of spatio_temporal_contrast");
  return std::make_unique<Contrast>(sensor, options);
}

std::unique_ptr<Filter> make_trail(const Sensor& sensor, const TrailOptions& options) {
  check_span(options.window, "the window of trail");
  return std::make_unique<Trail>(sensor, options);
}

}  // namespace evarrow
