// SPDX-License-Identifier: Apache-2.0
// One event for what the events of a block of pixels amount to, step by step.
#include <algorithm>
#include <vector>

#include "evarrow/filters.h"
#include "filters/check.h"
#include "filters/pixel_map.h"
#include "filters/selecting.h"
#include "filters/steps.h"

namespace evarrow {
namespace {

// The events that came out of a step, one behind the other in a batch that grows.
class Writer {
 public:
  explicit Writer(EventBatch& to) : to_(to) { to_.resize(0); }

  void add(int16_t x, int16_t y, int64_t t, int8_t polarity) {
    const size_t at = to_.size();
    if (to_.room() == 0) to_.reserve(std::max<size_t>(256, 2 * at));
    to_.x()[at] = x;
    to_.y()[at] = y;
    to_.t()[at] = t;
    to_.polarity()[at] = polarity;
    if (to_.schema().size() > kRow) to_.column<int64_t>(kRow)[at] = -1;
    to_.resize(at + 1);
  }

 private:
  EventBatch& to_;
};

class Accumulate : public Filter {
 public:
  Accumulate(std::string_view name, const Sensor& sensor, const AccumulateOptions& options)
      : Filter(name, {.creates = true}), sensor_(sensor), options_(options) {
    check_sensor(sensor);
    marks_.resize(block_count());
  }

  Resolution resolution_after(Resolution before) const final {
    return blocks_of(before, options_.block);
  }

 protected:
  // Of the pixels of the blocks, numbered row by row.
  size_t block_count() const noexcept { return columns() * rows(); }
  const AccumulateOptions& options() const noexcept { return options_; }

 private:
  virtual void add(size_t block, bool on) = 0;
  // Writes what a block amounts to at the end of a step in which it had events.
  virtual void conclude(size_t block, int16_t x, int16_t y, int64_t t, Writer& out) = 0;
  // `adjacent`: the next step follows at once.
  virtual void begin_step(const std::vector<uint32_t>& touched, bool adjacent) = 0;
  virtual void forget() = 0;

  size_t columns() const noexcept {
    return static_cast<size_t>(blocks_of(sensor_.width, options_.block));
  }
  size_t rows() const noexcept {
    return static_cast<size_t>(blocks_of(sensor_.height, options_.block));
  }

  void restart() final {
    step_ = kNever;
    touched_.clear();
    std::ranges::fill(marks_, uint8_t{0});
    forget();
  }

  void run(EventBatch& events) final {
    EventBatch made(Batch(events.schema(), 0));
    Writer out(made);
    for (size_t i = 0; i < events.size(); ++i) {
      if (!is_inside(sensor_, events.x()[i], events.y()[i])) {
        if (sensor_.outside == Outside::kRaise) {
          throw_outside(*this, sensor_, events, i, position() + i);
        }
        count({.outside = 1});
        continue;
      }
      const int64_t step = step_of(events.t()[i], options_.step);
      if (step > step_) {
        end_step(out, step);
        step_ = step;
      }
      touch(events.x()[i], events.y()[i], events.polarity()[i] > 0);
    }
    events = std::move(made);
  }

  void release(EventBatch& rest) final {
    Writer out(rest);
    end_step(out, INT64_MAX);
  }

  void touch(int16_t x, int16_t y, bool on) {
    const size_t block = static_cast<size_t>(y / options_.block) * columns() +
                         static_cast<size_t>(x / options_.block);
    if (marks_[block] == 0) touched_.push_back(static_cast<uint32_t>(block));
    marks_[block] = 1;
    add(block, on);
  }

  void end_step(Writer& out, int64_t next) {
    std::ranges::sort(touched_);
    const int64_t end = time_before(step_, -options_.step);
    for (const uint32_t block : touched_) {
      marks_[block] = 0;
      conclude(block, static_cast<int16_t>(block % columns()),
               static_cast<int16_t>(block / columns()), end, out);
    }
    begin_step(touched_, next == end);
    touched_.clear();
  }

  Sensor sensor_;
  AccumulateOptions options_;
  int64_t step_ = kNever;
  std::vector<uint8_t> marks_;     // of the blocks with events in this step
  std::vector<uint32_t> touched_;  // these blocks
};

// A block fires once ON less OFF events reach the threshold, and begins at 0 again.
class Integrate final : public Accumulate {
 public:
  Integrate(const Sensor& sensor, const AccumulateOptions& options)
      : Accumulate("integrate", sensor, options), levels_(block_count(), 0) {}

 private:
  void add(size_t block, bool on) override { levels_[block] += on ? 1 : -1; }

  void conclude(size_t block, int16_t x, int16_t y, int64_t t, Writer& out) override {
    const int64_t level = levels_[block];
    if (level < options().threshold && -level < options().threshold) return;
    out.add(x, y, t, level > 0 ? int8_t{1} : int8_t{-1});
    levels_[block] = 0;
  }

  void begin_step(const std::vector<uint32_t>& /*touched*/, bool /*adjacent*/) override {}
  void forget() override { std::ranges::fill(levels_, 0); }

  std::vector<int64_t> levels_;
};

// A block fires for each polarity of which it had more events than in the step before, by the
// threshold or more.
class Differentiate final : public Accumulate {
 public:
  Differentiate(const Sensor& sensor, const AccumulateOptions& options)
      : Accumulate("differentiate", sensor, options), counts_(block_count()) {}

 private:
  struct Counts {
    int64_t now[2] = {0, 0};  // OFF and ON
    int64_t before[2] = {0, 0};
  };

  void add(size_t block, bool on) override { ++counts_[block].now[on ? 1 : 0]; }

  void conclude(size_t block, int16_t x, int16_t y, int64_t t, Writer& out) override {
    const Counts& counts = counts_[block];
    for (const size_t on : {size_t{0}, size_t{1}}) {
      if (counts.now[on] - counts.before[on] < options().threshold) continue;
      out.add(x, y, t, on != 0 ? int8_t{1} : int8_t{-1});
    }
  }

  void begin_step(const std::vector<uint32_t>& touched, bool adjacent) override {
    for (const uint32_t block : before_) {
      std::ranges::fill(counts_[block].before, 0);
    }
    before_ = touched;
    for (const uint32_t block : touched) {
      for (const size_t on : {size_t{0}, size_t{1}}) {
        counts_[block].before[on] = adjacent ? counts_[block].now[on] : 0;
        counts_[block].now[on] = 0;
      }
    }
  }

  void forget() override {
    std::ranges::fill(counts_, Counts());
    before_.clear();
  }

  std::vector<Counts> counts_;
  std::vector<uint32_t> before_;  // blocks with events in the step before
};

void check(const AccumulateOptions& options) {
  check_range(options.block, "the block", 1, 32'768);
  check_span(options.step, "the step");
  check_range(options.threshold, "the threshold", 1, INT64_MAX / 2);
}

}  // namespace

std::unique_ptr<Filter> make_integrate(const Sensor& sensor, const AccumulateOptions& options) {
  check(options);
  return std::make_unique<Integrate>(sensor, options);
}

std::unique_ptr<Filter> make_differentiate(const Sensor& sensor, const AccumulateOptions& options) {
  check(options);
  return std::make_unique<Differentiate>(sensor, options);
}

}  // namespace evarrow
