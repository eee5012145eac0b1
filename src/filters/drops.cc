// SPDX-License-Identifier: Apache-2.0
// Events left out by chance: of all, of some pixels, of a region, of a span of time.
#include <algorithm>
#include <cmath>
#include <string>

#include "evarrow/augment.h"
#include "evarrow/error.h"
#include "filters/philox.h"
#include "filters/pixel_mask.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

void check_share(double share, const char* name) {
  if (!(share >= 0 && share <= 1)) {
    throw Error(ErrorCode::kArgument, std::string(name) + " leaves out a share from 0 to 1");
  }
}

class DropByChance final : public SelectingFilter {
 public:
  explicit DropByChance(const DropOptions& options)
      : SelectingFilter("drop_events"),
        share_(options.share),
        random_(options.seed, Purpose::kDrop) {}

 private:
  void restart() override { seen_ = 0; }

  void narrow(const EventSpan& /*events*/, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t) { return unit(random_(seen_++), 0) >= share_; });
  }

  double share_;
  Philox random_;
  uint64_t seen_ = 0;
};

// Each event is left out with the chance that as many of those to come have to be left out:
// Algorithm S of Knuth, The Art of Computer Programming, 3.4.2.
class DropExactly final : public SelectingFilter {
 public:
  explicit DropExactly(const DropOptions& options)
      : SelectingFilter("drop_events", {.learns = true}),
        share_(options.share),
        random_(options.seed, Purpose::kDrop) {}

 private:
  void study(const EventBatch& events) override { events_ += events.size(); }
  void conclude() override { restart(); }
  void restart() override {
    seen_ = 0;
    to_drop_ = static_cast<uint64_t>(std::floor(share_ * static_cast<double>(events_) + 0.5));
  }

  void narrow(const EventSpan& /*events*/, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t) {
      const auto left = static_cast<double>(events_ - std::min(seen_, events_));
      const bool drop = unit(random_(seen_), 0) * left < static_cast<double>(to_drop_);
      to_drop_ -= drop ? 1 : 0;
      ++seen_;
      return !drop;
    });
  }

  double share_;
  Philox random_;
  uint64_t events_ = 0;
  uint64_t seen_ = 0;
  uint64_t to_drop_ = 0;
};

class DropPixels final : public SensorFilter {
 public:
  DropPixels(const Sensor& sensor, double share, uint64_t seed)
      : SensorFilter("drop_pixels", sensor, {.memory = Memory::kNothing}),
        kept_(sensor, kept_pixels(sensor, share, seed)) {}

 private:
  static std::vector<uint8_t> kept_pixels(const Sensor& sensor, double share, uint64_t seed) {
    const Philox random(seed, Purpose::kPixel);
    std::vector<uint8_t> kept(static_cast<size_t>(sensor.width) *
                              static_cast<size_t>(sensor.height));
    for (size_t pixel = 0; pixel < kept.size(); ++pixel) {
      kept[pixel] = unit(random(pixel), 0) >= share ? 1 : 0;
    }
    return kept;
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    kept_.narrow(events, n, bits);
  }

  PixelMask kept_;
};

class DropArea final : public SelectingFilter {
 public:
  explicit DropArea(const DropRegion& region)
      : SelectingFilter("drop_area", {.memory = Memory::kNothing}), region_(region) {}

 private:
  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) {
      return !(events.x[i] >= region_.x0 && events.x[i] < region_.x1 && events.y[i] >= region_.y0 &&
               events.y[i] < region_.y1);
    });
  }

  DropRegion region_;
};

class DropTime final : public SelectingFilter {
 public:
  explicit DropTime(const DropTimeOptions& options)
      : SelectingFilter("drop_time", {.learns = true, .memory = Memory::kNothing}),
        options_(options) {}

 private:
  void study(const EventBatch& events) override {
    for (size_t i = 0; i < events.size(); ++i) {
      least_ = std::min(least_, events.t()[i]);
      greatest_ = std::max(greatest_, events.t()[i]);
    }
  }

  void conclude() override {
    if (least_ > greatest_) return;
    if (options_.from_zero) least_ = 0;
    const double span = static_cast<double>(greatest_) - static_cast<double>(least_);
    begin_ = options_.begin * (span - options_.share * span);
    end_ = begin_ + options_.share * span;
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) {
      const double at = static_cast<double>(events.t[i]) - static_cast<double>(least_);
      return !(at >= begin_ && at <= end_);
    });
  }

  DropTimeOptions options_;
  int64_t least_ = INT64_MAX;
  int64_t greatest_ = INT64_MIN;
  double begin_ = 0;  // us behind the least time
  double end_ = -1;
};

}  // namespace

std::unique_ptr<Filter> make_drop_events(const DropOptions& options) {
  check_share(options.share, "drop_events");
  if (options.exact) return std::make_unique<DropExactly>(options);
  return std::make_unique<DropByChance>(options);
}

std::unique_ptr<Filter> make_drop_pixels(const Sensor& sensor, double share, uint64_t seed) {
  check_share(share, "drop_pixels");
  return std::make_unique<DropPixels>(sensor, share, seed);
}

std::unique_ptr<Filter> make_drop_area(const DropRegion& region) {
  return std::make_unique<DropArea>(region);
}

std::unique_ptr<Filter> make_drop_time(const DropTimeOptions& options) {
  check_share(options.share, "drop_time");
  check_share(options.begin, "drop_time");
  return std::make_unique<DropTime>(options);
}

}  // namespace evarrow
