// SPDX-License-Identifier: Apache-2.0
// Other polarities.
#include <algorithm>

#include "evarrow/filters.h"

namespace evarrow {
namespace {

class FlipPolarity final : public Filter {
 public:
  FlipPolarity()
      : Filter("flip_polarity", {.changes = 1U << kPolarity, .memory = Memory::kNothing}) {}

 private:
  void run(EventBatch& events) override {
    int8_t* polarity = events.polarity();
    const size_t n = events.size();  // which stores into bytes might change, for all compilers know
    for (size_t i = 0; i < n; ++i) {
      polarity[i] = polarity[i] > 0 ? int8_t{-1} : int8_t{1};
    }
  }
};

class MergePolarities final : public Filter {
 public:
  MergePolarities()
      : Filter("merge_polarities", {.changes = 1U << kPolarity, .memory = Memory::kNothing}) {}

 private:
  void run(EventBatch& events) override {
    std::fill_n(events.polarity(), events.size(), int8_t{1});
  }
};

}  // namespace

std::unique_ptr<Filter> make_flip_polarity() { return std::make_unique<FlipPolarity>(); }

std::unique_ptr<Filter> make_merge_polarities() { return std::make_unique<MergePolarities>(); }

}  // namespace evarrow
