// SPDX-License-Identifier: Apache-2.0
// Events in a box of time, pixels and polarity, as a filter of a pipeline.
#include <algorithm>

#include "evarrow/filters.h"
#include "filters/box.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

class Box final : public SelectingFilter {
 public:
  explicit Box(const Predicate& predicate)
      : SelectingFilter("box", {.memory = Memory::kNothing}),
        empty_(predicate.is_empty()),
        filter_(predicate, {.t = kT, .x = kX, .y = kY, .polarity = kPolarity}) {}

 private:
  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    if (empty_) {
      std::fill_n(bits, words_of(n), uint64_t{0});
      return;
    }
    BlockBits within;
    filter_.select(events, n, within.data());
    for (size_t word = 0; word < words_of(n); ++word) bits[word] &= within[word];
  }

  bool empty_;
  BoxFilter filter_;
};

}  // namespace

std::unique_ptr<Filter> make_box_filter(const Predicate& predicate) {
  return std::make_unique<Box>(predicate);
}

}  // namespace evarrow
