// SPDX-License-Identifier: Apache-2.0
// What the tests of filters share: events as rows, and passes however the events are cut.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "evarrow/filter.h"

namespace evarrow {

struct Row {
  int16_t x = 0;
  int16_t y = 0;
  int64_t t = 0;
  int8_t polarity = 1;

  bool operator==(const Row&) const = default;
};
using Rows = std::vector<Row>;

inline std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << "(" << row.x << ", " << row.y << ", " << row.t << ", " << int{row.polarity} << ")";
}

inline EventBatch to_events(const Rows& rows) {
  EventBatch events(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    std::tie(events.x()[i], events.y()[i], events.t()[i], events.polarity()[i]) =
        std::tie(rows[i].x, rows[i].y, rows[i].t, rows[i].polarity);
  }
  events.resize(rows.size());
  return events;
}

inline Rows to_rows(const EventBatch& events) {
  Rows rows;
  for (size_t i = 0; i < events.size(); ++i) {
    rows.push_back({events.x()[i], events.y()[i], events.t()[i], events.polarity()[i]});
  }
  return rows;
}

// Events of one pixel at these times.
inline Rows at_times(const std::vector<int64_t>& times) {
  Rows rows;
  for (const int64_t t : times) rows.push_back({.t = t});
  return rows;
}

inline std::vector<int64_t> times_of(const Rows& rows) {
  std::vector<int64_t> times;
  for (const Row& row : rows) times.push_back(row.t);
  return times;
}

// n events on `width` x `height` pixels, up to `step` us between one and the next.
inline Rows random_rows(size_t n, int width, int height, int64_t step, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Rows rows;
  int64_t t = -50;
  for (size_t i = 0; i < n; ++i) {
    t += static_cast<int64_t>(random() % static_cast<uint64_t>(step + 1));
    rows.push_back({static_cast<int16_t>(random() % static_cast<uint64_t>(width)),
                    static_cast<int16_t>(random() % static_cast<uint64_t>(height)), t,
                    random() % 2 == 0 ? int8_t{-1} : int8_t{1}});
  }
  return rows;
}

// What comes out of a pipeline of one filter if the events come `cut` at a time.
inline Rows through(std::unique_ptr<Filter> filter, const Rows& rows, size_t cut = 1 << 20) {
  std::vector<std::unique_ptr<Filter>> filters;
  filters.push_back(std::move(filter));
  Pipeline pipeline(std::move(filters));
  const auto pieces = [&](const std::function<void(const EventBatch&)>& use) {
    for (size_t begin = 0; begin < rows.size(); begin += cut) {
      const auto first = rows.begin() + static_cast<ptrdiff_t>(begin);
      const auto n = static_cast<ptrdiff_t>(std::min(cut, rows.size() - begin));
      use(to_events(Rows(first, first + n)));
    }
  };
  while (pipeline.learning()) {
    pieces([&](const EventBatch& events) { pipeline.learn(events); });
    pipeline.learned();
  }
  EventBatch to;
  pieces([&](const EventBatch& events) { pipeline.append(events, to); });
  pipeline.finish(to);
  return to_rows(to);
}

}  // namespace evarrow
