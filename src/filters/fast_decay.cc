// SPDX-License-Identifier: Apache-2.0
// Events of blocks of pixels that have been busy of late.
#include <algorithm>

#include "evarrow/error.h"
#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/decay.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

struct Block {
  int64_t t = kNever;
  double level = 0;  // at t
};

class FastDecay final : public SensorFilter {
 public:
  FastDecay(const Sensor& sensor, const FastDecayOptions& options)
      : SensorFilter("fast_decay", sensor, {.memory = Memory::kPixels}),
        options_(options),
        blocks_({.width = (sensor.width - 1) / options.block + 1,
                 .height = (sensor.height - 1) / options.block + 1},
                {}) {}

  int32_t grain() const noexcept override { return options_.block; }

 private:
  void restart() override { blocks_.fill({}); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&, map = blocks_.view()](size_t i) {
      Block* block = map.at(static_cast<int16_t>(events.x[i] / options_.block),
                            static_cast<int16_t>(events.y[i] / options_.block));
      const int64_t t = events.t[i];
      if (block->level > 0) {
        const auto passed = static_cast<double>(std::max<int64_t>(time_before(t, block->t), 0));
        block->level *= power_of_half(passed / static_cast<double>(options_.half_life));
      }
      block->level += 1;
      block->t = t;
      return block->level > options_.threshold;
    });
  }

  FastDecayOptions options_;
  PixelMap<Block> blocks_;
};

}  // namespace

std::unique_ptr<Filter> make_fast_decay(const Sensor& sensor, const FastDecayOptions& options) {
  check_span(options.half_life, "the half-life of fast_decay");
  check_range(options.block, "the side of a block of fast_decay", 1, 1024);
  if (!(options.threshold >= 0)) {
    throw Error(ErrorCode::kArgument, "the threshold of fast_decay must be 0 or more");
  }
  return std::make_unique<FastDecay>(sensor, options);
}

}  // namespace evarrow
