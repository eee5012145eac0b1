// SPDX-License-Identifier: Apache-2.0
// Events at other times: scaled, and backwards.
#include <algorithm>
#include <cmath>
#include <string>

#include "evarrow/augment.h"
#include "evarrow/error.h"
#include "filters/held_rows.h"

namespace evarrow {
namespace {

class TimeMap final : public Filter {
 public:
  explicit TimeMap(const TimeMapOptions& options)
      : Filter("scale_time", {.changes = 1U << kT, .memory = Memory::kNothing}),
        options_(options) {}

 private:
  void run(EventBatch& events) override {
    int64_t* t = events.t();
    for (size_t i = 0; i < events.size(); ++i) t[i] = moved(t[i]);
  }

  int64_t moved(int64_t t) const {
    // Only what is scaled has to go by way of double, which holds 285 years of microseconds.
    const double scaled = static_cast<double>(t) * options_.scale;
    int64_t out = t;
    const bool nearest = options_.rounding == Rounding::kNearest;
    if (options_.scale != 1) {
      if (!(std::abs(scaled) < 0x1p62)) throw_range();
      out = static_cast<int64_t>(nearest ? std::nearbyint(scaled) : std::trunc(scaled));
    }
    if (__builtin_add_overflow(out, options_.offset, &out)) throw_range();
    return out;
  }

  [[noreturn]] static void throw_range() {
    throw Error(ErrorCode::kArgument, "a time does not fit in 64 bits of microseconds when scaled");
  }

  TimeMapOptions options_;
};

class HeldTime final : public Filter {
 public:
  explicit HeldTime(bool from_zero)
      : Filter("hold_time", {.changes = 1U << kT}), from_zero_(from_zero) {}

 private:
  void restart() override { latest_ = INT64_MIN; }

  void run(EventBatch& events) override {
    int64_t* t = events.t();
    if (from_zero_ && events.size() > 0 && latest_ == INT64_MIN && t[0] < 0) {
      throw Error(ErrorCode::kArgument, "the first event is at " + std::to_string(t[0]) +
                                            " us: RVT takes no times before 0");
    }
    for (size_t i = 0; i < events.size(); ++i) t[i] = latest_ = std::max(latest_, t[i]);
  }

  bool from_zero_;
  int64_t latest_ = INT64_MIN;
};

class Reverse final : public Filter {
 public:
  explicit Reverse(const ReverseOptions& options)
      : Filter("reverse_time",
               {.changes = 1U << kT | (options.flip_polarity ? 1U << kPolarity : 0U),
                .reorders = true}),
        options_(options) {}

 private:
  void restart() override { held_.clear(); }

  void run(EventBatch& events) override {
    held_.append(events);
    events.resize(0);
  }

  void release(EventBatch& rest) override {
    held_.take_all_backwards(rest);
    const size_t n = rest.size();
    if (n == 0) return;
    int64_t* t = rest.t();
    const auto [least, greatest] = std::minmax_element(t, t + n);
    const int64_t first = options_.to_zero ? 0 : *least;
    const int64_t last = *greatest;
    for (size_t i = 0; i < n; ++i) {
      // As unsigned numbers, in which a span of times never overflows.
      t[i] = static_cast<int64_t>(static_cast<uint64_t>(first) + static_cast<uint64_t>(last) -
                                  static_cast<uint64_t>(t[i]));
    }
    if (!options_.flip_polarity) return;
    int8_t* polarity = rest.polarity();
    for (size_t i = 0; i < n; ++i) polarity[i] = static_cast<int8_t>(polarity[i] > 0 ? -1 : 1);
  }

  ReverseOptions options_;
  HeldRows held_;
};

}  // namespace

std::unique_ptr<Filter> make_time_map(const TimeMapOptions& options) {
  if (!(options.scale > 0 && std::isfinite(options.scale))) {
    throw Error(ErrorCode::kArgument,
                "times are scaled by a positive number; reverse_time() runs "
                "them backwards");
  }
  return std::make_unique<TimeMap>(options);
}

std::unique_ptr<Filter> make_held_time(bool from_zero) {
  return std::make_unique<HeldTime>(from_zero);
}

std::unique_ptr<Filter> make_reverse(const ReverseOptions& options) {
  return std::make_unique<Reverse>(options);
}

}  // namespace evarrow
