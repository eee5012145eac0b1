// SPDX-License-Identifier: Apache-2.0
// Recordings in memory, made by our own encoders, and rows as values that can be compared.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "evarrow/format.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"

namespace evarrow::test {

struct Row {
  int64_t t;
  int16_t x, y;
  int8_t polarity;

  bool operator==(const Row&) const = default;
};

inline std::vector<Row> rows_of(const Batch& batch) {
  std::vector<Row> rows;
  for (size_t i = 0; i < batch.size(); ++i) {
    rows.push_back({.t = batch.column<int64_t>(kT)[i],
                    .x = batch.column<int16_t>(kX)[i],
                    .y = batch.column<int16_t>(kY)[i],
                    .polarity = batch.column<int8_t>(kPolarity)[i]});
  }
  return rows;
}

// Events of a noisy sensor, `per_us` apart on average; every `jitter_every`-th goes back by up to
// `jitter` microseconds.
inline EventBatch noisy_events(size_t n, uint32_t seed, int64_t start = 5'000, int step = 2,
                               size_t jitter_every = 0, int64_t jitter = 0) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t limit) { return random() % limit; };
  EventBatch events(n);
  int64_t now = start;
  for (size_t i = 0; i < n; ++i) {
    now += below(static_cast<uint32_t>(step) + 1);
    int64_t t = now;
    if (jitter_every != 0 && i % jitter_every == jitter_every - 1) {
      t -= 1 + static_cast<int64_t>(below(static_cast<uint32_t>(jitter)));
    }
    events.t()[i] = t;
    events.x()[i] = static_cast<int16_t>(below(640));
    events.y()[i] = static_cast<int16_t>(below(480));
    events.polarity()[i] = below(2) == 0 ? int8_t{-1} : int8_t{1};
  }
  events.resize(n);
  return events;
}

inline std::vector<std::byte> encoded(std::string_view format_name, const EventBatch& events,
                                      const Batch& triggers = Batch(kTriggerFields, 0)) {
  const Format& format = *find_format(format_name);
  Header header;
  header.format = format_name;
  header.width = 640;
  header.height = 480;
  const std::string text = format.write_header(header, {});
  std::vector<std::byte> file(text.size());
  std::memcpy(file.data(), text.data(), text.size());
  const auto encoder = format.make_encoder(header, {});
  encoder->encode(events, triggers, file);
  encoder->finish(file);
  return file;
}

inline Recording recording_of(std::vector<std::byte> file, Options options = {}) {
  const auto bytes = std::make_shared<std::vector<std::byte>>(std::move(file));
  return Recording::from_bytes(*bytes, bytes, std::move(options));
}

inline std::vector<Row> streamed(const Scan& scan) {
  std::vector<Row> rows;
  Reader reader = scan.open();
  for (Batch batch; reader.next(batch);) {
    for (const Row& row : rows_of(batch)) rows.push_back(row);
  }
  return rows;
}

}  // namespace evarrow::test
