// SPDX-License-Identifier: Apache-2.0
// Values that events raise and lower by a step, within bounds.
// Source: OpenEB 5.1, EventPreprocessor (HistoProcessor, DiffProcessor), Apache-2.0.
#include <algorithm>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/representations.h"
#include "representations/kind.h"
#include "representations/smaller.h"

namespace evarrow {
namespace {

// However events are ordered, a pixel has taken as many equal steps as it has events.
class EventHistogram final : public Accumulator {
 public:
  EventHistogram(Resolution resolution, const Increment& increment)
      : smaller_(resolution, increment.downsample), increment_(increment) {}

  void begin(const Window& /*window*/, std::byte* out) override {
    values_ = reinterpret_cast<float*>(out);
  }
  void add(const Block& block) noexcept override {
    const float clip = increment_.clip > 0 ? increment_.clip : INFINITY;
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = smaller_.cell(block, i);
      if (cell == Smaller::kNone) continue;
      float& value = values_[cell + is_on(block.polarity[i]) * smaller_.cells()];
      value = std::min(value + increment_.step, clip);
    }
  }

 private:
  Smaller smaller_;
  Increment increment_;
  float* values_ = nullptr;
};

class EventDifference final : public Accumulator {
 public:
  EventDifference(Resolution resolution, const Increment& increment)
      : smaller_(resolution, increment.downsample), increment_(increment) {}

  void begin(const Window& /*window*/, std::byte* out) override {
    values_ = reinterpret_cast<float*>(out);
  }
  void add(const Block& block) noexcept override {
    const float clip = increment_.clip > 0 ? increment_.clip : INFINITY;
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = smaller_.cell(block, i);
      if (cell == Smaller::kNone) continue;
      const float step = static_cast<float>(sign_of(block.polarity[i])) * increment_.step;
      values_[cell] = std::clamp(values_[cell] + step, -clip, clip);
    }
  }

 private:
  Smaller smaller_;
  Increment increment_;
  float* values_ = nullptr;
};

template <typename T>
Representation of_increment(Resolution resolution, size_t channels, const Increment& increment) {
  Representation what = kind_of<T>(resolution, {channels}, ValueType::kF32, resolution, increment);
  what.shape = smaller_shape(resolution, increment.downsample, {channels});
  what.needs_times = false;
  what.columns = 1U << kX | 1U << kY | 1U << kPolarity;
  return what;
}

}  // namespace

Representation event_histogram(Resolution resolution, const Increment& increment) {
  return of_increment<EventHistogram>(resolution, 2, increment);
}

Representation event_difference(Resolution resolution, const Increment& increment) {
  return of_increment<EventDifference>(resolution, 1, increment);
}

}  // namespace evarrow
