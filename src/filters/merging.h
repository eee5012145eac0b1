// SPDX-License-Identifier: Apache-2.0
// Filters that add events of their own between those that come.
#pragma once

#include <cstdint>
#include <string_view>

#include "evarrow/filter.h"

namespace evarrow {

// Events that come must be in order of time. Of equal times those that are added come last.
class MergingFilter : public Filter {
 public:
  explicit MergingFilter(std::string_view name, FilterTraits traits = {});

 protected:
  // Appends one event to what make_until() makes.
  void add(int16_t x, int16_t y, int64_t t, bool on);
  // The same for any rows with the columns of events.
  void add_rows(const EventBatch& from, size_t begin, size_t n);

 private:
  void run(EventBatch& events) final;
  void release(EventBatch& rest) final;
  void restart() final;

  // The first event is about to come, or none.
  virtual void start(int64_t /*first*/) {}
  // Adds, in order, all events of its own that lie before `time` and have not been added.
  virtual void make_until(int64_t time) = 0;
  // Adds all that are left.
  virtual void make_rest() {}
  virtual void rewind() {}

  void make_room(size_t rows);

  EventBatch made_;
  EventBatch merged_;
  bool started_ = false;
  int64_t latest_ = INT64_MIN;
};

}  // namespace evarrow
