// SPDX-License-Identifier: Apache-2.0
// The filters. Times are microseconds. A polarity above 0 is ON, any other is OFF. Factories throw
// Error(kArgument) for options that make no sense.
#pragma once

#include <cstdint>
#include <memory>

#include "evarrow/filter.h"
#include "evarrow/predicate.h"

namespace evarrow {

// Keeps the events in a box of time, pixels and polarity.
std::unique_ptr<Filter> make_box_filter(const Predicate& predicate);

// From which event of a pixel the time is counted: the last one that was kept, or that there was.
enum class Since : uint8_t { kKept, kSeen };

// Drops the events that follow too soon upon another one of the same pixel. An event is kept if it
// is the first of its pixel or t - t_before >= period.
// With kSeen and `strict` it is filter_noise(method="refractory") of evlib 0.13; with `primed` as
// well, Refractory of tonic 1.7.
struct RefractoryOptions {
  int64_t period = 0;  // us, not negative
  Since since = Since::kKept;
  bool strict = false;        // t - t_before > period
  bool per_polarity = false;  // events of the other polarity do not count
  bool primed = false;        // each pixel begins as if it had an event at -period
};
std::unique_ptr<Filter> make_refractory(const Sensor& sensor, const RefractoryOptions& options);

}  // namespace evarrow
