// SPDX-License-Identifier: Apache-2.0
#include "representations/steps.h"

#include <algorithm>
#include <cstring>

#include "evarrow/error.h"
#include "representations/values.h"

namespace evarrow {

std::vector<Step> make_steps(const Representation& what, const Windows& windows) {
  std::vector<Step> steps;
  steps.reserve(windows.windows.size());
  for (const Window& window : windows.windows) {
    steps.push_back(
        {.window = window, .begin = window.begin, .end = window.end, .slot = steps.size()});
  }
  if (what.carries) {
    // What lies between windows belongs to the state too.
    std::ranges::stable_sort(steps, {}, &Step::end);
    uint64_t before = 0;
    for (Step& step : steps) {
      step.begin = before;
      before = step.end;
    }
  } else {
    std::ranges::stable_sort(steps, {}, &Step::begin);
  }
  uint64_t seen = 0;
  for (Step& step : steps) {
    step.fresh = seen;
    seen = std::max(seen, step.end);
  }
  return steps;
}

Worker::Worker(const Representation& what, const Target& target, Outside outside)
    : what_(what), target_(target), blocks_(what.resolution, outside), accumulator_(what.make()) {
  if (!converts(what.type, target.type)) {
    throw Error(ErrorCode::kArgument, "fractions cannot be put into an array of whole numbers");
  }
  if (target.take) own_.resize(what.values() * width_of(target.type));
  if (what.type != target.type) spare_.resize(what.values() * width_of(what.type));
}

void Worker::begin(const Step& step) {
  const size_t values = what_.values();
  number_ = step.slot;
  out_ = target_.take ? own_.data() : target_.data + number_ * values * width_of(target_.type);
  array_ = spare_.empty() ? out_ : spare_.data();
  std::memset(array_, 0, values * width_of(what_.type));
  row_ = 0;
  accumulator_->begin(step.window, array_);
}

void Worker::join(const Step& step, const Worker& first, uint64_t row) {
  row_ = row;
  accumulator_->begin(step.window, first.array_);
}

void Worker::begin_apart(const Step& step, uint64_t row) {
  row_ = row;
  apart_.assign(what_.values() * width_of(what_.type), std::byte{0});
  accumulator_->begin(step.window, apart_.data());
}

uint64_t Worker::add(const CountedColumns& events, size_t begin, size_t end, size_t fresh) {
  const uint64_t row = row_;
  row_ += end - begin;
  return blocks_.add(events, begin, end, fresh, row, *accumulator_);
}

void Worker::finish() {
  accumulator_->finish();
  if (array_ != out_) {
    convert_values(array_, what_.type, out_, target_.type, what_.values(), what_.wraps);
  }
  if (target_.take) target_.take(number_, out_);
}

std::unique_ptr<Worker> Workers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Worker> worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(what_, target_, outside_);
}

void Workers::give(std::unique_ptr<Worker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

}  // namespace evarrow
