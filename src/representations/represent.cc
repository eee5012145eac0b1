// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>

#include "evarrow/machine.h"
#include "parallel/parallel_for.h"
#include "representations/steps.h"

namespace evarrow {
namespace {

// Below this, other threads would have begun when all is done.
constexpr uint64_t kFewRows = uint64_t{1} << 16;

// Arrays of many windows, each by one thread.
uint64_t fill_windows(const std::vector<Step>& steps, const CountedColumns& events,
                      Workers& workers, int threads, const Progress& progress) {
  std::atomic<uint64_t> outside{0};
  const auto fill = [&](size_t i) {
    std::unique_ptr<Worker> worker = workers.take();
    const Step& step = steps[i];
    worker->begin(step);
    outside += worker->add(events, step.begin, step.end, step.fresh);
    worker->flush();
    worker->finish();
    workers.give(std::move(worker));
  };
  parallel_for(steps.size(), threads, fill, progress);
  return outside;
}

// The rows of a window, cut at times.
std::vector<size_t> cut_at(const std::vector<int64_t>& cuts, const Step& step,
                           const CountedColumns& events) {
  std::vector<size_t> rows = {step.begin};
  for (const int64_t cut : cuts) {
    const int64_t* at = std::lower_bound(events.t + rows.back(), events.t + step.end, cut);
    rows.push_back(static_cast<size_t>(at - events.t));
  }
  rows.push_back(step.end);
  return rows;
}

// Pieces of a window that go to the same array.
uint64_t fill_together(const Step& step, const CountedColumns& events, const Worker& first,
                       const std::vector<int64_t>& cuts, Workers& workers, int threads) {
  const std::vector<size_t> rows = cut_at(cuts, step, events);
  std::atomic<uint64_t> outside{0};
  parallel_for(rows.size() - 1, threads, [&](size_t i) {
    std::unique_ptr<Worker> worker = workers.take();
    worker->join(step, first, rows[i] - step.begin);
    outside += worker->add(events, rows[i], rows[i + 1], step.fresh);
    worker->flush();
    workers.give(std::move(worker));
  });
  return outside;
}

// As many pieces of a window as threads, each in an array of its own. The first one's worker has
// everything in the end.
uint64_t fill_apart(const Step& step, const CountedColumns& events, Worker& first, Workers& workers,
                    int threads) {
  const auto pieces = static_cast<size_t>(threads);
  const auto row_of = [&](size_t i) { return step.begin + (step.end - step.begin) * i / pieces; };
  std::vector<std::unique_ptr<Worker>> others(pieces);
  std::atomic<uint64_t> outside{0};
  parallel_for(pieces, threads, [&](size_t i) {
    if (i != 0) {
      others[i] = workers.take();
      others[i]->begin_apart(step, row_of(i) - step.begin);
    }
    Worker& worker = i == 0 ? first : *others[i];
    outside += worker.add(events, row_of(i), row_of(i + 1), step.fresh);
    worker.flush();
  });
  for (size_t i = 1; i < pieces; ++i) {
    first.absorb(*others[i]);
    workers.give(std::move(others[i]));
  }
  return outside;
}

// The array of one window, by all threads if its events can be shared out.
uint64_t fill_pieces(const Step& step, const CountedColumns& events, Workers& workers, int threads,
                     size_t values) {
  std::unique_ptr<Worker> first = workers.take();
  first->begin(step);
  uint64_t outside = 0;
  // Arrays that are larger than their events are put together more slowly than they are made.
  const bool is_large = (step.end - step.begin) / static_cast<uint64_t>(threads) >= 2 * values;
  const std::vector<int64_t> cuts = first->cuts();
  if (step.window.in_order && !cuts.empty()) {
    outside = fill_together(step, events, *first, cuts, workers, threads);
  } else if (first->absorbs() && is_large) {
    outside = fill_apart(step, events, *first, workers, threads);
  } else {
    outside = first->add(events, step.begin, step.end, step.fresh);
    first->flush();
  }
  first->finish();
  workers.give(std::move(first));
  return outside;
}

}  // namespace

uint64_t represent(const Representation& what, const EventBatch& events, const Windows& windows,
                   const Target& target, const RepresentOptions& options) {
  const int threads = thread_count(options.threads);
  if (what.carries || threads == 1 || events.size() < kFewRows) {
    Representing all(what, windows, target, options.outside);
    all.add(events);
    return all.finish();
  }
  const std::vector<Step> steps = make_steps(what, windows);
  const CountedColumns columns = columns_of(events);
  Workers workers(what, target, options.outside);
  if (steps.size() >= static_cast<size_t>(threads)) {
    return fill_windows(steps, columns, workers, threads, options.progress);
  }
  uint64_t outside = 0;
  for (const Step& step : steps) {
    outside += fill_pieces(step, columns, workers, threads, what.values());
  }
  return outside;
}

uint64_t represent(const Representation& what, const Scan& scan, const Windows& windows,
                   const Target& target, const RepresentOptions& options, Scan::Report* report) {
  Representing all(what, windows, target, options.outside);
  Scan pass = scan;
  pass.columns = what.columns;
  Reader reader = pass.open();
  EventBatch batch;
  while (reader.next(batch)) {
    all.add(batch);
    report_progress(options.progress, 0);
  }
  if (report != nullptr) *report = reader.report();
  return all.finish();
}

struct Representing::State {
  State(const Representation& what, const Windows& windows, const Target& target, Outside outside)
      : steps(make_steps(what, windows)),
        open(steps.size()),
        done(steps.size()),
        workers(what, target, outside) {}

  void begin(size_t i) {
    open[i] = workers.take();
    open[i]->begin(steps[i]);
  }

  void finish(size_t i) {
    open[i]->flush();
    open[i]->finish();
    workers.give(std::move(open[i]));
    done[i] = true;
  }

  void add(const EventBatch& events) {
    const uint64_t end = rows + events.size();
    const CountedColumns columns = columns_of(events);
    for (size_t i = first; i < steps.size() && steps[i].begin < end; ++i) {
      if (done[i]) continue;
      const Step& step = steps[i];
      if (open[i] == nullptr) begin(i);
      const uint64_t fresh = std::max(step.fresh, rows) - rows;
      const uint64_t from = std::max(step.begin, rows) - rows;
      const uint64_t to = std::max(std::min(step.end, end) - rows, from);
      outside += open[i]->add(columns, from, to, fresh);
      if (step.end <= end) finish(i);
    }
    while (first < steps.size() && done[first]) ++first;
    rows = end;
  }

  std::vector<Step> steps;
  std::vector<std::unique_ptr<Worker>> open;  // of the steps that have begun
  std::vector<bool> done;
  Workers workers;
  size_t first = 0;  // steps before this one are done
  uint64_t rows = 0;
  uint64_t outside = 0;
};

Representing::Representing(const Representation& what, const Windows& windows, const Target& target,
                           Outside outside)
    : state_(std::make_unique<State>(what, windows, target, outside)) {}
Representing::~Representing() = default;
Representing::Representing(Representing&&) noexcept = default;
Representing& Representing::operator=(Representing&&) noexcept = default;

void Representing::add(const EventBatch& events) { state_->add(events); }

uint64_t Representing::finish() {
  for (size_t i = state_->first; i < state_->steps.size(); ++i) {
    if (state_->done[i]) continue;
    if (state_->open[i] == nullptr) state_->begin(i);
    state_->finish(i);
  }
  state_->first = state_->steps.size();
  return state_->outside;
}

}  // namespace evarrow
