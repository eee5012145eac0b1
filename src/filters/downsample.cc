// SPDX-License-Identifier: Apache-2.0
// Events of larger pixels and coarser times.
#include <algorithm>

#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/steps.h"

namespace evarrow {
namespace {

class Downsample final : public Filter {
 public:
  explicit Downsample(const DownsampleOptions& options)
      : Filter("downsample", {.changes = changes_of(options), .memory = Memory::kNothing}),
        options_(options) {}

  Resolution resolution_after(Resolution before) const override {
    return blocks_of(before, options_.block);
  }

 private:
  static uint32_t changes_of(const DownsampleOptions& options) noexcept {
    return (options.block > 1 ? 1U << kX | 1U << kY : 0U) | (options.step > 1 ? 1U << kT : 0U);
  }

  void run(EventBatch& events) override {
    if (options_.block > 1) {
      divide(events.x(), events.size());
      divide(events.y(), events.size());
    }
    if (options_.step > 1) {
      int64_t* t = events.t();
      std::transform(t, t + events.size(), t, [&](int64_t v) { return step_of(v, options_.step); });
    }
  }

  // Rounded down, for what lies left of the sensor too. Vectors have no division of whole numbers.
  // The middle of a pixel is further from the edge of a block than what a float of 24 bits is off.
  void divide(int16_t* values, size_t n) const noexcept {
    const int32_t blocks = blocks_of(32'768, options_.block);  // left of the sensor
    const auto block = static_cast<float>(options_.block);
    const float middle = static_cast<float>(blocks * options_.block) + 0.5F;
    for (size_t i = 0; i < n; ++i) {
      const float at = (static_cast<float>(values[i]) + middle) / block;
      values[i] = static_cast<int16_t>(static_cast<int32_t>(at) - blocks);
    }
  }

  DownsampleOptions options_;
};

}  // namespace

std::unique_ptr<Filter> make_downsample(const DownsampleOptions& options) {
  check_range(options.block, "the block of downsample", 1, 32'768);
  check_span(options.step, "the step of downsample");
  return std::make_unique<Downsample>(options);
}

}  // namespace evarrow
