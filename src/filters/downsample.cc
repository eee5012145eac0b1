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
      for (int16_t* column : {events.x(), events.y()}) {
        std::transform(column, column + events.size(), column, [&](int16_t value) {
          // Rounded down, for what lies left of the sensor too.
          return static_cast<int16_t>((value - (value < 0 ? options_.block - 1 : 0)) /
                                      options_.block);
        });
      }
    }
    if (options_.step > 1) {
      int64_t* t = events.t();
      std::transform(t, t + events.size(), t, [&](int64_t v) { return step_of(v, options_.step); });
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
