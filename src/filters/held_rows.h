// SPDX-License-Identifier: Apache-2.0
// Rows that a filter holds back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evarrow/event.h"

namespace evarrow {

class HeldRows {
 public:
  size_t size() const noexcept { return rows_.size(); }
  const EventBatch& rows() const noexcept { return rows_; }
  void clear() noexcept { rows_ = EventBatch(); }

  // Appends all rows of a batch, with all of its columns.
  void append(const EventBatch& events);
  // Puts them in order of time; equal times stay as they are.
  void sort_by_time();
  // Replaces the rows of `to` by those before a time, which are let go. They are in order.
  void take_before(int64_t time, EventBatch& to);
  void take_all(EventBatch& to) { take(rows_.size(), to); }
  // The last one comes first.
  void take_all_backwards(EventBatch& to);

 private:
  void take(size_t n, EventBatch& to);
  // Replaces the rows by those with the numbers of `order_`.
  void rearrange();

  EventBatch rows_;
  EventBatch spare_;
  std::vector<uint32_t> order_;
};

// Replaces the rows of `to` by the first n of `from`, n being any number of rows.
void replace_rows(EventBatch& to, const EventBatch& from, size_t begin, size_t n);

}  // namespace evarrow
