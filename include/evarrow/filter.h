// SPDX-License-Identifier: Apache-2.0
// Filters: columns of events to columns of events, batch by batch. The filters themselves are in
// evarrow/filters.h.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/predicate.h"
#include "evarrow/recording.h"

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

// Events that know where they came from: `row` counts the events that went into a pipeline, and is
// -1 for those that a filter made. Filters move it along.
inline constexpr std::array<Field, 5> kNumberedEventFields = {{{"x", Type::kInt16},
                                                               {"y", Type::kInt16},
                                                               {"t", Type::kTime},
                                                               {"polarity", Type::kInt8},
                                                               {"row", Type::kInt64}}};
inline constexpr size_t kRow = 4;

// The pixels that a filter remembers something of, 1 to 32,768 each way. Filters know kDrop and
// kRaise.
struct Sensor {
  int32_t width = 0;
  int32_t height = 0;
  Outside outside = Outside::kDrop;
};

// Which events a filter remembers something of when the next one comes.
enum class Memory : uint8_t {
  kNothing,  // none: threads may apply it to several batches at once
  kPixels,   // those of the pixel and of pixels near it
  kEvents    // all
};

// What a filter does beside leaving out events.
struct FilterTraits {
  uint32_t changes = 0;   // bit i: values of column i
  bool creates = false;   // events that were not there
  bool reorders = false;  // events come out in another order
  bool learns = false;    // it needs to see all events before it can filter them
  Memory memory = Memory::kEvents;
};

struct FilterCounts {
  uint64_t in = 0;
  uint64_t out = 0;
  uint64_t outside = 0;  // of `in`, outside the sensor
};

// Something that events go through, in the order in which they come. What comes out does not
// depend on where the batches are cut. Batches own their memory and have all columns.
class Filter {
 public:
  // `name` is what messages call it, and must outlive it.
  explicit Filter(std::string_view name, FilterTraits traits = {}) noexcept
      : name_(name), traits_(traits) {}
  virtual ~Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  std::string_view name() const noexcept { return name_; }
  const FilterTraits& traits() const noexcept { return traits_; }
  const FilterCounts& counts() const noexcept { return counts_; }

  // Replaces the events by what comes out of them. Throws Error(kArgument).
  void apply(EventBatch& events);
  // Replaces the events of `rest` by what has been held back, at the end of all.
  void finish(EventBatch& rest);
  // Forgets all events but what was learned.
  void reset();

  // Of a filter that learns: all events, then learned(). Filtering begins behind that.
  void learn(const EventBatch& events) { study(events); }
  void learned() { conclude(); }

  // The size of the sensor that the events are of when they have come out.
  virtual Resolution resolution_after(Resolution before) const { return before; }

 protected:
  // Several threads may count at once.
  void count(const FilterCounts& more) noexcept;
  // The number of events that went in before those of this batch.
  uint64_t position() const noexcept { return counts_.in; }

 private:
  virtual void run(EventBatch& events) = 0;
  virtual void release(EventBatch& rest) { rest.resize(0); }
  virtual void restart() {}
  virtual void study(const EventBatch& /*events*/) {}
  virtual void conclude() {}

  std::string_view name_;
  FilterTraits traits_;
  FilterCounts counts_;
};

// Filters one behind the other: one pass over the events.
class Pipeline {
 public:
  // Throws Error(kArgument) if a filter is null.
  explicit Pipeline(std::vector<std::unique_ptr<Filter>> filters);

  const std::vector<std::unique_ptr<Filter>>& filters() const noexcept { return filters_; }
  FilterTraits traits() const noexcept;  // of all together
  Resolution resolution_after(Resolution before) const;

  // Whether a pass over all events has to come first: learn() with each batch, then learned(), as
  // long as this is true.
  bool learning() const noexcept { return learner_ < filters_.size(); }
  void learn(const EventBatch& events);
  void learned();

  // Appends what comes out of the events of `from` to `to`, which owns its memory; that grows as
  // needed. `from` is only read. If `to` has the column kRow, it gets the numbers of the events.
  // Many events are shared out to `threads`, with the same result: 0 is EVARROW_NUM_THREADS, else
  // the processors of the process. Throws Error(kArgument).
  void append(const EventBatch& from, EventBatch& to, int threads = 0);
  // The same for what has been held back, at the end of all events.
  void finish(EventBatch& to);
  // Makes ready for other events: all that was seen is forgotten, and what was learned too.
  void reset();

 private:
  void find_learner(size_t first) noexcept;

  std::vector<std::unique_ptr<Filter>> filters_;
  size_t learner_ = 0;     // the first filter that has to learn yet; else how many there are
  uint64_t position_ = 0;  // of the next event
  EventBatch piece_;       // events on their way
};

}  // namespace evarrow
