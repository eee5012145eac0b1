// SPDX-License-Identifier: Apache-2.0
// Events and arrays for the tests of representations.
#pragma once

#include <cstring>
#include <random>
#include <vector>

#include "evarrow/representations.h"

namespace evarrow::test {

// Events in order of time, three at each.
inline EventBatch random_events(size_t n, int width, int height) {
  EventBatch events(n);
  std::mt19937_64 random(n);
  for (size_t i = 0; i < n; ++i) {
    events.x()[i] = static_cast<int16_t>(random() % static_cast<unsigned>(width));
    events.y()[i] = static_cast<int16_t>(random() % static_cast<unsigned>(height));
    events.t()[i] = static_cast<int64_t>(i / 3);
    events.polarity()[i] = random() % 2 == 0 ? int8_t{-1} : int8_t{1};
  }
  events.resize(n);
  return events;
}

inline Windows windows_of(const EventBatch& events, const WindowSpec& spec = {}) {
  return find_windows(events.t(), events.size(), spec);
}

// The arrays of all windows, in the representation's own type.
template <typename T>
std::vector<T> arrays_of(const Representation& what, const EventBatch& events,
                         const Windows& windows, const RepresentOptions& options = {}) {
  std::vector<T> out(what.values() * windows.windows.size(), T{9});
  represent(what, events, windows, {reinterpret_cast<std::byte*>(out.data()), what.type}, options);
  return out;
}

}  // namespace evarrow::test
