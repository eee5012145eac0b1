// SPDX-License-Identifier: Apache-2.0
// Filter and Pipeline: counting, and handing events from one filter to the next.
#include "evarrow/filter.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "filters/pass.h"

namespace evarrow {

void Filter::apply(EventBatch& events) {
  const uint64_t in = events.size();
  run(events);
  count({.in = in, .out = events.size()});
}

void Filter::finish(EventBatch& rest) {
  release(rest);
  count({.out = rest.size()});
}

void Filter::count(const FilterCounts& more) noexcept {
  const auto add = [](uint64_t& sum, uint64_t n) {
    std::atomic_ref(sum).fetch_add(n, std::memory_order_relaxed);
  };
  add(counts_.in, more.in);
  add(counts_.out, more.out);
  if (more.outside != 0) add(counts_.outside, more.outside);
}

void Filter::reset() {
  counts_ = {};
  restart();
}

Pipeline::Pipeline(std::vector<std::unique_ptr<Filter>> filters) : filters_(std::move(filters)) {
  if (std::ranges::any_of(filters_, [](const auto& filter) { return filter == nullptr; })) {
    throw Error(ErrorCode::kArgument, "a pipeline consists of filters, and one of these is none");
  }
  find_learner(0);
}

FilterTraits Pipeline::traits() const noexcept {
  FilterTraits all;
  for (const auto& filter : filters_) {
    const FilterTraits& one = filter->traits();
    all.changes |= one.changes;
    all.creates |= one.creates;
    all.reorders |= one.reorders;
    all.learns |= one.learns;
  }
  return all;
}

Resolution Pipeline::resolution_after(Resolution before) const {
  return std::accumulate(
      filters_.begin(), filters_.end(), before,
      [](Resolution size, const auto& filter) { return filter->resolution_after(size); });
}

void Pipeline::find_learner(size_t first) noexcept {
  const auto next = std::find_if(filters_.begin() + static_cast<ptrdiff_t>(first), filters_.end(),
                                 [](const auto& filter) { return filter->traits().learns; });
  learner_ = static_cast<size_t>(next - filters_.begin());
}

void Pipeline::learn(const EventBatch& events) {
  if (learner_ == 0) return filters_[0]->learn(events);
  EventBatch left;
  pass(Filters(filters_).first(learner_), events, 0, thread_count(0), piece_, left);
  filters_[learner_]->learn(left);
}

void Pipeline::learned() {
  EventBatch rest;
  for (size_t i = 0; i < learner_; ++i) {
    filters_[i]->finish(rest);
    take(Filters(filters_).subspan(i + 1, learner_ - i - 1), rest);
    filters_[learner_]->learn(rest);
    rest = EventBatch();
  }
  filters_[learner_]->learned();
  for (size_t i = 0; i < learner_; ++i) filters_[i]->reset();
  find_learner(learner_ + 1);
}

void Pipeline::append(const EventBatch& from, EventBatch& to, int threads) {
  pass(filters_, from, position_, thread_count(threads), piece_, to);
  position_ += from.size();
}

void Pipeline::finish(EventBatch& to) {
  for (size_t i = 0; i < filters_.size(); ++i) {
    EventBatch rest(Batch(to.schema(), 0));
    filters_[i]->finish(rest);
    take(Filters(filters_).subspan(i + 1), rest);
    append_rows(rest, to);
  }
}

void Pipeline::reset() {
  for (const auto& filter : filters_) filter->reset();
  find_learner(0);
  position_ = 0;
}

}  // namespace evarrow
