// SPDX-License-Identifier: Apache-2.0
// No more events than a rate allows.
#include <algorithm>
#include <bit>

#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

// A bucket of allowances, in millionths of an event, so that `rate` of them come with each us.
constexpr int64_t kOne = 1'000'000;

class RateLimit final : public SelectingFilter {
 public:
  explicit RateLimit(const RateLimitOptions& options)
      : SelectingFilter("rate_limit"),
        rate_(options.rate),
        most_(std::max(options.burst, int64_t{1}) * kOne),
        level_(most_) {}

 private:
  void restart() override {
    level_ = most_;
    last_ = INT64_MAX;
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) {
      const int64_t t = events.t[i];
      if (t > last_) fill(static_cast<uint64_t>(t) - static_cast<uint64_t>(last_));
      last_ = t;
      const bool kept = level_ >= kOne;
      if (kept) level_ -= kOne;
      return kept;
    });
  }

  void fill(uint64_t us) noexcept {
    const auto room = static_cast<uint64_t>(most_ - level_);
    const auto rate = static_cast<uint64_t>(rate_);
    level_ = us > room / rate ? most_ : level_ + static_cast<int64_t>(us * rate);
  }

  int64_t rate_;
  int64_t most_;
  int64_t level_;
  int64_t last_ = INT64_MAX;  // the time of the last event
};

class Decimate final : public SelectingFilter {
 public:
  explicit Decimate(const DecimateOptions& options)
      : SelectingFilter("decimate"),
        n_(static_cast<uint32_t>(options.n)),
        first_(options.keep_first) {}

 private:
  void restart() override { seen_ = 0; }

  void narrow(const EventSpan& /*events*/, size_t n, uint64_t* bits) override {
    const uint32_t kept = first_ ? 0 : n_ - 1;
    for (size_t word = 0; word < words_of(n); ++word) {
      const uint64_t here = bits[word];
      const bool dense = (here & (here + 1)) == 0;  // the first of them and no others
      const auto in = static_cast<uint32_t>(dense ? std::bit_width(here) : std::popcount(here));
      // The first, among those of the word, of the events that are kept.
      const uint64_t first = (kept + n_ - seen_) % n_;
      const uint64_t out = dense ? every_place(first, in) : every_bit(here, first, in);
      seen_ = (seen_ + in) % n_;
      bits[word] = out;
    }
  }

  uint64_t every_place(uint64_t at, uint32_t in) const noexcept {
    uint64_t out = 0;
    for (; at < in; at += n_) out |= uint64_t{1} << at;
    return out;
  }

  uint64_t every_bit(uint64_t left, uint64_t at, uint32_t in) const noexcept {
    uint64_t out = 0;
    for (uint32_t passed = 0; at < in; at += n_) {
      for (; passed < at; ++passed) left &= left - 1;
      out |= left & (~left + 1);
    }
    return out;
  }

  uint32_t n_;
  bool first_;
  uint32_t seen_ = 0;
};

class DecimatePixels final : public SensorFilter {
 public:
  DecimatePixels(const Sensor& sensor, const DecimateOptions& options)
      : SensorFilter("decimate", sensor, {.memory = Memory::kPixels}),
        n_(static_cast<uint32_t>(options.n)),
        first_(options.keep_first),
        seen_(sensor, 0) {}

 private:
  void restart() override { seen_.fill(0); }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    const uint32_t kept = first_ ? 0 : n_ - 1;
    narrow_bits(n, bits, [&, map = seen_.view()](size_t i) {
      uint32_t* seen = map.at(events.x[i], events.y[i]);
      const bool is_kept = *seen == kept;
      *seen = *seen + 1 == n_ ? 0 : *seen + 1;
      return is_kept;
    });
  }

  uint32_t n_;
  bool first_;
  PixelMap<uint32_t> seen_;
};

}  // namespace

std::unique_ptr<Filter> make_rate_limit(const RateLimitOptions& options) {
  check_range(options.rate, "the rate of rate_limit", 1, int64_t{1} << 40);
  check_range(options.burst, "the burst of rate_limit", 1, int64_t{1} << 40);
  return std::make_unique<RateLimit>(options);
}

std::unique_ptr<Filter> make_decimate(const DecimateOptions& options) {
  check_range(options.n, "the n of decimate", 1, INT32_MAX);
  return std::make_unique<Decimate>(options);
}

std::unique_ptr<Filter> make_decimate_pixels(const Sensor& sensor, const DecimateOptions& options) {
  check_range(options.n, "the n of decimate", 1, INT32_MAX);
  return std::make_unique<DecimatePixels>(sensor, options);
}

}  // namespace evarrow
