// SPDX-License-Identifier: Apache-2.0
// Events in a box of time, pixels and polarity, as a filter of a pipeline.
#include "evarrow/filters.h"
#include "filters/box.h"

namespace evarrow {
namespace {

class Box final : public Filter {
 public:
  explicit Box(const Predicate& predicate)
      : Filter("box"),
        empty_(predicate.is_empty()),
        filter_(predicate, {.t = kT, .x = kX, .y = kY, .polarity = kPolarity}) {}

 private:
  void run(EventBatch& events) override {
    const size_t rows = empty_ ? 0 : events.size();
    events.resize(filter_.keep(events, 0, rows, events, 0));
  }

  bool empty_;
  BoxFilter filter_;
};

}  // namespace

std::unique_ptr<Filter> make_box_filter(const Predicate& predicate) {
  return std::make_unique<Box>(predicate);
}

}  // namespace evarrow
