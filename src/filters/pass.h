// SPDX-License-Identifier: Apache-2.0
// Batches through filters, by one thread or by several.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "evarrow/filter.h"

namespace evarrow {

using Filters = std::span<const std::unique_ptr<Filter>>;

// Appends what comes out of the events of `from` to `to`. The first one is number `position` of
// all. `piece` is memory for events on their way, which may be used again.
void pass(Filters filters, const EventBatch& from, uint64_t position, int threads,
          EventBatch& piece, EventBatch& to);

// Takes `events` through filters one after the other.
void take(Filters filters, EventBatch& events);

// Appends all rows.
void append_rows(const EventBatch& from, EventBatch& to);

}  // namespace evarrow
