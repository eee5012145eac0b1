// SPDX-License-Identifier: Apache-2.0
// Filters: columns of events to columns of fewer events.
#pragma once

#include "evarrow/event.h"
#include "evarrow/predicate.h"

namespace evarrow {

// Keeps the events that lie in the box, in order, and moves them to the front of the batch. The
// batch must own its memory, and have the columns that the predicate bounds.
void filter_box(EventBatch& events, const Predicate& predicate);

struct FilterOptions {
  // The times of `from` do not decrease, so that those outside the box need not be looked at.
  bool in_order = false;
  // 0: EVARROW_NUM_THREADS, else the processors of the process. The result is the same.
  int threads = 0;
};

// Appends the events of `from` that lie in the box to `to`, which has the same columns and owns
// its memory; that grows as needed.
void filter_box(const EventBatch& from, const Predicate& predicate, EventBatch& to,
                const FilterOptions& options = {});

}  // namespace evarrow
