// SPDX-License-Identifier: Apache-2.0
// Blocks of ECF as the tests make and read them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "codecs/ecf.h"
#include "support/bytes.h"
#include "support/decode.h"
#include "support/encode.h"

namespace evarrow::test::ecf {

using codecs::EcfColumns;
using codecs::EcfDecoded;
using codecs::EcfEncoded;
using codecs::EcfEvents;
using codecs::EcfMode;
using Block = std::vector<std::byte>;

struct Reading {
  uint32_t columns = kAllColumns;
  int8_t off = -1;
};

struct Decoded {
  EcfDecoded result;
  std::vector<Event> events;
};

// Decodes into columns with a fence behind them.
inline Decoded decode_any(const Block& block, Reading how) {
  const size_t n = codecs::ecf_count(block).value_or(0);
  FencedBatch out(n, how.columns);
  Batch& rows = out.rows();
  Decoded decoded;
  decoded.result = codecs::ecf_decode(block, n,
                                      {.x = rows.column<int16_t>(kX),
                                       .y = rows.column<int16_t>(kY),
                                       .t = rows.column<int64_t>(kT),
                                       .polarity = rows.column<int8_t>(kPolarity),
                                       .off = how.off});
  CHECK(out.is_intact());
  CHECK(decoded.result.bytes <= block.size());
  if (decoded.result.damage != nullptr) return decoded;
  CHECK(decoded.result.events == n);
  rows.resize(n);
  append_events(rows, decoded.events);
  return decoded;
}

inline std::vector<Event> decode(const Block& block, Reading how = {}) {
  const Decoded decoded = decode_any(block, how);
  REQUIRE(decoded.result.damage == nullptr);
  CHECK(decoded.result.bytes == block.size());
  return decoded.events;
}

// What is wrong with a block; empty: nothing.
inline std::string damage_of(const Block& block) {
  const char* damage = decode_any(block, {}).result.damage;
  const char* unwritten = codecs::ecf_decode(block, codecs::kMostEcfEvents, {}).damage;
  CHECK((damage == nullptr) == (unwritten == nullptr));
  return damage == nullptr ? "" : damage;
}

// What becomes of an event where only `columns` are wanted.
inline Event projected(Event event, uint32_t columns) {
  const auto wanted = [&](EventColumn column) { return (columns >> column & 1) != 0; };
  return {.t = wanted(kT) ? event.t : 0,
          .x = wanted(kX) ? event.x : 0,
          .y = wanted(kY) ? event.y : 0,
          .polarity = wanted(kPolarity) ? event.polarity : 0};
}

inline EcfEncoded try_encode(const std::vector<Event>& events, EcfMode mode,
                             Block* block = nullptr) {
  const EventBatch batch = batch_of(events);
  Block out(codecs::ecf_bound(events.size()));
  const EcfEncoded encoded = codecs::ecf_encode(
      {.x = batch.x(), .y = batch.y(), .t = batch.t(), .polarity = batch.polarity()}, events.size(),
      mode, out.data());
  CHECK(encoded.bytes <= out.size());
  out.resize(encoded.bytes);
  if (block != nullptr) *block = std::move(out);
  return encoded;
}

inline Block encode(const std::vector<Event>& events, EcfMode mode) {
  Block block;
  REQUIRE(try_encode(events, mode, &block).misfit == codecs::EcfMisfit::kNone);
  return block;
}

// In the mode that is chosen for the events.
inline Block encode(const std::vector<Event>& events) {
  const EventBatch batch = batch_of(events);
  return encode(events,
                codecs::ecf_mode(
                    {.x = batch.x(), .y = batch.y(), .t = batch.t(), .polarity = batch.polarity()},
                    events.size()));
}

// 0: scattered; 1: runs of all lengths; 2: the same event again and again; 3: rows of neighbours;
// 4: every event far from the one before it.
inline constexpr uint32_t kShapes = 5;

inline std::vector<Event> any_events(size_t n, uint32_t shape, uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t end) { return static_cast<int>(random() % end); };
  std::vector<Event> events;
  Event event = {.t = below(1'000'000), .x = below(2048), .y = below(2048), .polarity = 1};
  const auto any = [&] { return below(2) == 0 ? -1 : 1; };
  while (events.size() < n) {
    events.push_back(event);
    if (shape == 0) {
      event = {event.t + below(3), below(2048), below(2048), any()};
    } else if (shape == 1) {
      if (below(40) == 0) event.t += below(3) == 0 ? below(100'000) : below(20);
      if (below(50) == 0) event.y = below(2048);
      if (below(130) == 0) event.polarity = -event.polarity;
      event.x = (event.x + below(8)) % 2048;
    } else if (shape == 3) {
      event.x = event.x == 2047 ? 0 : event.x + 1 + below(2) * below(6);
      event.x = std::min(event.x, 2047);
      if (below(9) == 0) event.y = (event.y + 1) % 2048;
      event.t += below(12) == 0 ? 1 : 0;
    } else if (shape == 4) {
      event = {event.t + (int64_t{1} << below(40)), below(2) * 2047, below(2) * 2047, any()};
    }
  }
  return events;
}

// The events of a recording that is a text in memory, off being -1.
inline std::vector<Event> events_of(const std::string& recording) {
  const Bytes bytes = std::as_bytes(std::span(recording));
  const Format* format = detect_format(bytes);
  REQUIRE(format != nullptr);
  const Header header = format->read_header(bytes, true);
  const Bytes payload = bytes.subspan(header.payload);
  return decode_with(*format->make_decoder(header, {}), *format, {payload.begin(), payload.end()})
      .events;
}

}  // namespace evarrow::test::ecf
