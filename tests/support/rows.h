// SPDX-License-Identifier: Apache-2.0
// Rows as the tests compare them, and how they become batches and bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

#include "evarrow/format.h"

namespace evarrow::test {

struct Event {
  int64_t t;
  int x, y, polarity;
  bool operator==(const Event&) const = default;
};
// t, id and polarity of a trigger; t, count and output of a rate.
using Row3 = std::tuple<int64_t, int, int>;
// The values of a row of any other stream, in the order of its columns; of measurements, their
// bits.
using Cells = std::vector<int64_t>;
using FaultCounts = std::array<std::pair<uint64_t, uint64_t>, kFaultKinds>;  // count, offset

struct Rows {
  std::vector<Event> events;
  std::vector<Row3> triggers;
  std::vector<Row3> rates;
  std::vector<Cells> exposures, colors, messages, imu, frames;
  FaultCounts faults{};
  bool operator==(const Rows&) const = default;

  uint64_t count(FaultKind kind) const { return faults[static_cast<size_t>(kind)].first; }
  uint64_t offset(FaultKind kind) const { return faults[static_cast<size_t>(kind)].second; }
  void add_fault(FaultKind kind, uint64_t offset, uint64_t count = 1) {
    auto& [total, first] = faults[static_cast<size_t>(kind)];
    if (total == 0) first = offset;
    total += count;
  }
};

inline std::vector<int64_t> times_of(const Rows& rows) {
  std::vector<int64_t> times;
  for (const Event& event : rows.events) times.push_back(event.t);
  return times;
}

// What a Decoder's summary of these rows has to be.
inline Summary summary_of(const Rows& rows) {
  Summary summary{.events = rows.events.size(), .triggers = rows.triggers.size()};
  for (const Event& event : rows.events) {
    summary.t_min = std::min(summary.t_min, event.t);
    summary.t_max = std::max(summary.t_max, event.t);
  }
  return summary;
}

inline bool same(const Summary& a, const Summary& b) {
  return a.events == b.events && a.triggers == b.triggers && a.t_min == b.t_min &&
         a.t_max == b.t_max;
}

inline EventBatch batch_of(const std::vector<Event>& rows) {
  EventBatch batch(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    batch.t()[i] = rows[i].t;
    batch.x()[i] = static_cast<int16_t>(rows[i].x);
    batch.y()[i] = static_cast<int16_t>(rows[i].y);
    batch.polarity()[i] = static_cast<int8_t>(rows[i].polarity);
  }
  batch.resize(rows.size());
  return batch;
}

inline Batch triggers_of(const std::vector<Row3>& rows) {
  Batch batch(kTriggerFields, rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [t, id, polarity] = rows[i];
    batch.column<int64_t>(kTriggerT)[i] = t;
    batch.column<int16_t>(kTriggerId)[i] = static_cast<int16_t>(id);
    batch.column<int8_t>(kTriggerPolarity)[i] = static_cast<int8_t>(polarity);
  }
  batch.resize(rows.size());
  return batch;
}

template <typename Word>
std::vector<std::byte> bytes_of(const std::vector<Word>& words) {
  std::vector<std::byte> bytes(words.size() * sizeof(Word));
  if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

template <typename Word>
std::vector<Word> words_of(const std::vector<std::byte>& bytes) {
  std::vector<Word> words(bytes.size() / sizeof(Word));
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), words.size() * sizeof(Word));
  return words;
}

}  // namespace evarrow::test
