// SPDX-License-Identifier: Apache-2.0
// Filter and Pipeline: counting, and handing events from one filter to the next.
#include "evarrow/filter.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

// Rows that go through all filters at a time, so that they stay in cache.
constexpr size_t kPieceRows = 16'384;

void append_rows(const EventBatch& from, EventBatch& to) {
  const size_t rows = to.size() + from.size();
  if (to.capacity() < rows) to.reserve(std::max(rows, to.capacity() + to.capacity() / 2));
  to.copy_rows(to.size(), from, 0, from.size());
  to.resize(rows);
}

}  // namespace

void Filter::apply(EventBatch& events) {
  const uint64_t in = events.size();
  run(events);
  counts_.in += in;
  counts_.out += events.size();
}

void Filter::finish(EventBatch& rest) {
  release(rest);
  counts_.out += rest.size();
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

void Pipeline::take(EventBatch& events, size_t first, size_t last) {
  for (size_t i = first; i < last && events.size() > 0; ++i) filters_[i]->apply(events);
}

void Pipeline::learn(const EventBatch& events) {
  if (learner_ == 0) return filters_[0]->learn(events);
  EventBatch piece(events.size());
  piece.copy_rows(0, events, 0, events.size());
  piece.resize(events.size());
  take(piece, 0, learner_);
  filters_[learner_]->learn(piece);
}

void Pipeline::learned() {
  EventBatch rest;
  for (size_t i = 0; i < learner_; ++i) {
    filters_[i]->finish(rest);
    take(rest, i + 1, learner_);
    filters_[learner_]->learn(rest);
    rest = EventBatch();
  }
  filters_[learner_]->learned();
  for (size_t i = 0; i < learner_; ++i) filters_[i]->reset();
  find_learner(learner_ + 1);
}

void Pipeline::append(const EventBatch& from, EventBatch& to) {
  const bool numbered = to.schema().size() > kRow;
  for (size_t begin = 0; begin < from.size(); begin += kPieceRows) {
    const size_t n = std::min(kPieceRows, from.size() - begin);
    if (piece_.capacity() < n || piece_.schema().data() != to.schema().data()) {
      piece_ = EventBatch(Batch(to.schema(), n));
    }
    piece_.copy_rows(0, from, begin, n);
    piece_.resize(n);
    if (numbered) {
      auto* rows = piece_.column<int64_t>(kRow);
      std::iota(rows, rows + n, static_cast<int64_t>(position_));
    }
    position_ += n;
    take(piece_, 0, filters_.size());
    append_rows(piece_, to);
  }
}

void Pipeline::finish(EventBatch& to) {
  for (size_t i = 0; i < filters_.size(); ++i) {
    EventBatch rest(Batch(to.schema(), 0));
    filters_[i]->finish(rest);
    take(rest, i + 1, filters_.size());
    append_rows(rest, to);
  }
}

void Pipeline::reset() {
  for (const auto& filter : filters_) filter->reset();
  find_learner(0);
  position_ = 0;
}

}  // namespace evarrow
