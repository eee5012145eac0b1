// SPDX-License-Identifier: Apache-2.0
// Rows to encode, and what encoders say of rows that they refuse.
#pragma once

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "evarrow/error.h"
#include "support/rows.h"

namespace evarrow::test {

// Why `encoder` refuses the rows; "written" where it does not.
inline std::string refusal_of(Encoder& encoder, const std::vector<Event>& events,
                              const std::vector<Row3>& triggers = {},
                              std::vector<std::byte>* out = nullptr) {
  std::vector<std::byte> bytes;
  try {
    encoder.encode(batch_of(events), triggers_of(triggers), out == nullptr ? bytes : *out);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kArgument);
    return error.what();
  }
  return "written";
}

// Several events a time, dense rows and scattered pixels, times that go back a little.
inline std::vector<Event> any_events(size_t n, uint32_t seed, int64_t t) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t end) { return static_cast<int>(random() % end); };
  std::vector<Event> events;
  while (events.size() < n) {
    t += below(6) == 0 ? below(9000) : below(30);
    if (below(50) == 0) t -= std::min(below(3000), below(3000));
    const int y = below(480);
    const int polarity = below(2) == 0 ? -1 : 1;
    if (below(3) != 0) {
      events.push_back({.t = t, .x = below(640), .y = y, .polarity = polarity});
      continue;
    }
    for (int x = below(640); x < 640 && below(20) != 0; x += 1 + below(4)) {
      events.push_back({.t = t, .x = x, .y = y, .polarity = polarity});
    }
  }
  return events;
}

}  // namespace evarrow::test
