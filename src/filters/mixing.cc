// SPDX-License-Identifier: Apache-2.0
// Events of noise, and of another recording, between those that come.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "evarrow/augment.h"
#include "evarrow/error.h"
#include "filters/merging.h"
#include "filters/philox.h"

namespace evarrow {
namespace {

// Events, or slots of time, that noise may fill between two others: more is a clock gone wrong.
constexpr double kMostBetween = 0x1p27;
// Mean number of events of a slot of time, of which a few are drawn at a time.
constexpr double kSlotMean = 4;
constexpr double kMostSlotMean = 500;

struct NoiseEvent {
  int64_t t;
  int16_t x, y;
  bool on;
};

// The upper 32 bits of a product: 0 <= result < limit.
uint32_t below(uint32_t number, uint32_t limit) noexcept {
  return static_cast<uint32_t>(uint64_t{number} * limit >> 32);
}

bool is_on(uint32_t number, double share) noexcept {
  return static_cast<double>(number) * 0x1p-32 < share;
}

void check(const Sensor& sensor, double on_share) {
  if (sensor.width < 1 || sensor.height < 1 || sensor.width > 32'768 || sensor.height > 32'768) {
    throw Error(ErrorCode::kArgument, "a sensor has 1 to 32768 pixels each way");
  }
  if (!(on_share >= 0 && on_share <= 1)) {
    throw Error(ErrorCode::kArgument, "the share of ON events of noise is 0 to 1");
  }
}

// Time from the first event on is cut into slots of equal length. Those of the rest of the slot
// that time has come to wait.
class NoiseRate final : public MergingFilter {
 public:
  NoiseRate(const Sensor& sensor, const NoiseRateOptions& options)
      : MergingFilter("add_noise"),
        sensor_(sensor),
        options_(options),
        counts_(options.seed, Purpose::kNoiseCount),
        random_(options.seed, Purpose::kNoise) {
    const double per_us = options.rate * sensor.width * sensor.height * 1e-6;
    length_ = per_us > 0 ? std::clamp(std::floor(kSlotMean / per_us), 1.0, 0x1p31) : 0x1p31;
    mean_ = per_us * length_;
    if (!(mean_ <= kMostSlotMean)) {
      throw Error(ErrorCode::kArgument, "this is more noise than add_noise makes: " +
                                            std::to_string(per_us * 1e6) + " events a second");
    }
  }

 private:
  void rewind() override {
    slot_ = 0;
    waiting_.clear();
    next_ = 0;
  }
  void start(int64_t first) override { first_ = first; }

  void make_until(int64_t time) override {
    if (!(mean_ > 0)) return;
    const double length = static_cast<double>(time) - static_cast<double>(first_);
    const double slots = length / length_ - static_cast<double>(slot_);
    if (slots * std::max(mean_, 1.0) > kMostBetween) {
      throw Error(ErrorCode::kArgument,
                  "between two events there is more time than add_noise fills: the clock of this "
                  "recording has jumped");
    }
    while (true) {
      for (; next_ < waiting_.size() && waiting_[next_].t < time; ++next_) {
        const NoiseEvent& one = waiting_[next_];
        add(one.x, one.y, one.t, one.on);
      }
      if (next_ < waiting_.size() || time_after(start_of(slot_)) >= time) return;
      draw(slot_++);
    }
  }

  // A time behind the first event, or the last there is.
  int64_t time_after(uint64_t us) const noexcept {
    const uint64_t most = static_cast<uint64_t>(INT64_MAX) - static_cast<uint64_t>(first_);
    return static_cast<int64_t>(static_cast<uint64_t>(first_) + std::min(us, most));
  }
  uint64_t start_of(uint64_t slot) const noexcept { return slot * static_cast<uint64_t>(length_); }

  uint32_t count_of(uint64_t slot) const noexcept {
    // Inversion: how far the chances reach when they are summed up.
    const double u = unit(counts_(slot), 0);
    double chance = std::exp(-mean_);
    double sum = chance;
    uint32_t n = 0;
    while (u >= sum && n < 100'000) {
      chance *= mean_ / ++n;
      sum += chance;
    }
    return n;
  }

  void draw(uint64_t slot) {
    waiting_.clear();
    next_ = 0;
    const uint32_t n = count_of(slot);
    for (uint32_t i = 0; i < n; ++i) {
      const Philox::Block block = random_(slot, i);
      waiting_.push_back(
          {time_after(start_of(slot) + below(block[0], static_cast<uint32_t>(length_))),
           static_cast<int16_t>(below(block[1], static_cast<uint32_t>(sensor_.width))),
           static_cast<int16_t>(below(block[2], static_cast<uint32_t>(sensor_.height))),
           is_on(block[3], options_.on_share)});
    }
    std::ranges::stable_sort(waiting_, {}, &NoiseEvent::t);
  }

  Sensor sensor_;
  NoiseRateOptions options_;
  Philox counts_;
  Philox random_;
  double length_ = 0;  // us of a slot, a whole number
  double mean_ = 0;    // events of a slot
  int64_t first_ = 0;
  uint64_t slot_ = 0;  // the next one
  std::vector<NoiseEvent> waiting_;
  size_t next_ = 0;
};

class NoiseCount final : public MergingFilter {
 public:
  NoiseCount(const Sensor& sensor, const NoiseCountOptions& options)
      : MergingFilter("add_noise", {.learns = true}), sensor_(sensor), options_(options) {}

 private:
  void rewind() override { next_ = 0; }

  void study(const EventBatch& events) override {
    for (size_t i = 0; i < events.size(); ++i) {
      least_ = std::min(least_, events.t()[i]);
      greatest_ = std::max(greatest_, events.t()[i]);
    }
  }

  void conclude() override {
    if (least_ > greatest_) return;
    const Philox random(options_.seed, Purpose::kNoise);
    const auto span = static_cast<uint64_t>(greatest_) - static_cast<uint64_t>(least_);
    noise_.resize(options_.count);
    for (uint64_t i = 0; i < options_.count; ++i) {
      const Philox::Block place = random(i, 0);
      const Philox::Block time = random(i, 1);
      const auto at = static_cast<uint64_t>(unit(time, 0) * static_cast<double>(span));
      noise_[i] = {static_cast<int64_t>(static_cast<uint64_t>(least_) +
                                        std::min(at, span == 0 ? 0 : span - 1)),
                   static_cast<int16_t>(below(place[0], static_cast<uint32_t>(sensor_.width))),
                   static_cast<int16_t>(below(place[1], static_cast<uint32_t>(sensor_.height))),
                   is_on(place[2], options_.on_share)};
    }
    std::ranges::stable_sort(noise_, {}, &NoiseEvent::t);
  }

  void make_until(int64_t time) override {
    for (; next_ < noise_.size() && noise_[next_].t < time; ++next_) add_next();
  }
  void make_rest() override {
    for (; next_ < noise_.size(); ++next_) add_next();
  }
  void add_next() {
    const NoiseEvent& one = noise_[next_];
    add(one.x, one.y, one.t, one.on);
  }

  Sensor sensor_;
  NoiseCountOptions options_;
  int64_t least_ = INT64_MAX;
  int64_t greatest_ = INT64_MIN;
  std::vector<NoiseEvent> noise_;
  size_t next_ = 0;
};

class Mix final : public MergingFilter {
 public:
  Mix(EventBatch other, std::optional<int64_t> shift)
      : MergingFilter("mix"), original_(std::move(other)), shift_(shift) {
    const int64_t* t = original_.t();
    if (!std::is_sorted(t, t + original_.size())) {
      throw Error(ErrorCode::kArgument, "the events that are mixed in must be in order of time");
    }
  }

 private:
  void rewind() override { next_ = 0; }

  void start(int64_t first) override {
    by_ = 0;
    if (!shift_ || original_.size() == 0) return;
    if (__builtin_add_overflow(first, *shift_, &by_) ||
        __builtin_sub_overflow(by_, original_.t()[0], &by_)) {
      throw Error(ErrorCode::kArgument, "the times of the events that are mixed in do not fit");
    }
  }

  int64_t time_of(size_t row) const {
    int64_t time = 0;
    if (__builtin_add_overflow(original_.t()[row], by_, &time)) return INT64_MAX;
    return time;
  }

  void make_until(int64_t time) override {
    for (; next_ < original_.size() && time_of(next_) < time; ++next_) add_next();
  }
  void make_rest() override {
    for (; next_ < original_.size(); ++next_) add_next();
  }
  void add_next() {
    add(original_.x()[next_], original_.y()[next_], time_of(next_),
        original_.polarity()[next_] > 0);
  }

  EventBatch original_;
  std::optional<int64_t> shift_;
  int64_t by_ = 0;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Filter> make_noise_rate(const Sensor& sensor, const NoiseRateOptions& options) {
  check(sensor, options.on_share);
  if (!(options.rate >= 0)) {
    throw Error(ErrorCode::kArgument, "a rate of noise is 0 Hz or more");
  }
  return std::make_unique<NoiseRate>(sensor, options);
}

std::unique_ptr<Filter> make_noise_count(const Sensor& sensor, const NoiseCountOptions& options) {
  check(sensor, options.on_share);
  return std::make_unique<NoiseCount>(sensor, options);
}

std::unique_ptr<Filter> make_mix(const EventBatch& other, std::optional<int64_t> shift) {
  EventBatch own(other.size());
  own.copy_rows(0, other, 0, other.size());
  own.resize(other.size());
  return std::make_unique<Mix>(std::move(own), shift);
}

}  // namespace evarrow
