// SPDX-License-Identifier: Apache-2.0
// Events that one of the last events of the rows and columns around supports: memory of the order
// of width + height.
#include <cstdlib>
#include <vector>

#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

// The last event of a row or a column.
struct Line {
  int64_t t = kNever;
  int16_t at = 0;  // its place along the line
  bool on = false;
};

class KNoise final : public SensorFilter {
 public:
  KNoise(const Sensor& sensor, const KNoiseOptions& options)
      : SensorFilter("k_noise", sensor),
        // A last event supports others if it was later than t - span.
        span_(options.window + 1),
        own_(options.own),
        columns_(static_cast<size_t>(sensor.width) + 2),
        rows_(static_cast<size_t>(sensor.height) + 2) {}

 private:
  void restart() override {
    std::ranges::fill(columns_, Line());
    std::ranges::fill(rows_, Line());
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) {
      const Line along_row = {events.t[i], events.x[i], events.polarity[i] > 0};
      const Line along_column = {events.t[i], events.y[i], events.polarity[i] > 0};
      Line* column = columns_.data() + events.x[i] + 1;
      Line* row = rows_.data() + events.y[i] + 1;
      const int64_t after = time_before(events.t[i], span_);
      bool kept = false;
      for (int d = -1; d <= 1; ++d) {
        kept |= supports(column[d], along_column, after, d);
        kept |= supports(row[d], along_row, after, d);
      }
      *column = along_column;
      *row = along_row;
      return kept;
    });
  }

  // `d` is how many lines apart they are.
  bool supports(const Line& last, const Line& event, int64_t after, int d) const noexcept {
    const int apart = std::abs(last.at - event.at);
    return last.t > after && last.on == event.on && apart <= 1 && (own_ || d != 0 || apart != 0);
  }

  int64_t span_;
  bool own_;
  std::vector<Line> columns_;  // with one more on each side
  std::vector<Line> rows_;
};

}  // namespace

std::unique_ptr<Filter> make_k_noise(const Sensor& sensor, const KNoiseOptions& options) {
  check_span(options.window, "the window of k_noise");
  return std::make_unique<KNoise>(sensor, options);
}

}  // namespace evarrow
