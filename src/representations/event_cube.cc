// SPDX-License-Identifier: Apache-2.0
// Bins of time with shares that are added within a clip.
// Source: OpenEB 5.1, EventCubeProcessor, Apache-2.0.
#include <algorithm>
#include <cmath>

#include "evarrow/representations.h"
#include "representations/kind.h"
#include "representations/smaller.h"

namespace evarrow {
namespace {

class EventCube final : public Accumulator {
 public:
  EventCube(Resolution resolution, const EventCubeOptions& options)
      : options_(options), smaller_(resolution, options.increment.downsample) {}

  void begin(const Window& window, std::byte* out) override {
    values_ = reinterpret_cast<float*>(out);
    t_begin_ = window.timed ? window.t_begin : window.t_first;
    const int64_t end = window.timed ? window.t_end : window.t_last;
    const auto span =
        static_cast<double>(static_cast<uint64_t>(end) - static_cast<uint64_t>(t_begin_));
    scale_ = span > 0 ? options_.bins / span : 0;
  }

  void add(const Block& block) noexcept override {
    for (size_t i = 0; i < block.n; ++i) {
      const size_t cell = smaller_.cell(block, i);
      if (cell == Smaller::kNone) continue;
      const auto time =
          static_cast<double>(static_cast<uint64_t>(block.t[i]) - static_cast<uint64_t>(t_begin_));
      const double at = time * scale_ - 0.5;
      const double left = std::floor(at);
      const auto share = static_cast<float>(at - left);
      const bool on = block.polarity[i] > 0;
      raise(static_cast<int64_t>(left), cell, on, 1 - share);
      raise(static_cast<int64_t>(left) + 1, cell, on, share);
    }
  }

 private:
  void raise(int64_t bin, size_t cell, bool on, float share) noexcept {
    if (bin < 0 || bin >= options_.bins) return;
    const float clip = options_.increment.clip > 0 ? options_.increment.clip : INFINITY;
    const size_t channel =
        options_.split ? 2 * static_cast<size_t>(bin) + (on ? 1 : 0) : static_cast<size_t>(bin);
    const float step = options_.increment.step * share;
    float& value = values_[channel * smaller_.cells() + cell];
    value = std::clamp(value + (on || options_.split ? step : -step), -clip, clip);
  }

  EventCubeOptions options_;
  Smaller smaller_;
  float* values_ = nullptr;
  int64_t t_begin_ = 0;
  double scale_ = 0;
};

}  // namespace

Representation event_cube(Resolution resolution, const EventCubeOptions& options) {
  if (options.bins < 1) throw Error(ErrorCode::kArgument, "an event cube has at least one bin");
  const size_t channels = static_cast<size_t>(options.bins) * (options.split ? 2 : 1);
  Representation what =
      kind_of<EventCube>(resolution, {channels}, ValueType::kF32, resolution, options);
  what.shape = smaller_shape(resolution, options.increment.downsample, {channels});
  return what;
}

}  // namespace evarrow
