// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/triggers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codecs/flatbuffer.h"

namespace evarrow::aedat4 {
namespace {

// As it lies in the rows of the plan.
struct Row {
  int64_t t;
  int16_t id;
  int16_t polarity;
};
constexpr uint32_t kAtId = 8, kAtPolarity = 10;
static_assert(offsetof(Row, id) == kAtId && offsetof(Row, polarity) == kAtPolarity);

// What begins has the number of the signal; what ends has that of its beginning, and is OFF.
struct Signal {
  int16_t id;
  int16_t polarity;
};
constexpr std::array<Signal, 10> kSignals = {{{0, 1},     // the clock was reset
                                              {1, 1},     // external input rises
                                              {1, -1},    // falls
                                              {3, 1},     // has a pulse
                                              {4, 1},     // generator rises
                                              {4, -1},    // falls
                                              {6, 1},     // frame begins
                                              {6, -1},    // ends
                                              {8, 1},     // exposure begins
                                              {8, -1}}};  // ends

void add(const codecs::FlatTable& packet, std::vector<Row>& rows) {
  const auto elements = packet.vector(0, sizeof(uint32_t));
  const size_t count = elements ? elements->size() / sizeof(uint32_t) : 0;
  for (size_t i = 0; i < count; ++i) {
    const auto trigger = packet.table(0, i);
    if (!trigger) return;
    const auto type = static_cast<uint8_t>(trigger->number<int8_t>(1, 0));
    const Signal signal = type < kSignals.size() ? kSignals[type] : Signal{type, 1};
    rows.push_back(
        {.t = trigger->number<int64_t>(0, 0), .id = signal.id, .polarity = signal.polarity});
  }
}

}  // namespace

std::optional<ChunkPlan> plan_triggers(Source& file, std::span<const Packet> packets,
                                       std::span<const int32_t> streams,
                                       codecs::DvCompression compression) {
  std::vector<Row> rows;
  Scratch scratch;
  codecs::Scratch memory;
  for (const Packet& packet : packets) {
    if (std::ranges::find(streams, packet.stream) == streams.end()) continue;
    const Bytes stored = file.read(packet.offset, packet.size, scratch);
    const Bytes opened = codecs::open_dv_packet(compression, stored, memory);
    if (const auto root = codecs::FlatTable::root(opened, "TRIG")) add(*root, rows);
  }
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, {}, &Row::t);
  ChunkedRows stored = {.name = "triggers",
                        .row_bytes = sizeof(Row),
                        .chunk_rows = rows.size(),
                        .filters = {},
                        .chunks = {{.size = rows.size() * sizeof(Row)}},
                        .fill = {},
                        .content = std::vector<std::byte>(rows.size() * sizeof(Row))};
  std::memcpy(stored.content.data(), rows.data(), stored.content.size());
  ChunkPlan plan = {.stream = "triggers",
                    .rows = rows.size(),
                    .datasets = {},
                    .columns = {{.dataset = 0, .at = 0, .type = Stored::kInt64},
                                {.dataset = 0, .at = kAtId, .type = Stored::kInt16},
                                {.dataset = 0, .at = kAtPolarity, .type = Stored::kInt16}},
                    .time = {},
                    .times = {}};
  plan.datasets.push_back(std::move(stored));
  return plan;
}

std::optional<int8_t> trigger_source(int16_t id, int8_t polarity) noexcept {
  const int16_t on_or_off = polarity > 0 ? 1 : -1;
  for (size_t source = 0; source < kSignals.size(); ++source) {
    const Signal signal = kSignals[source];
    if (signal.id == id && signal.polarity == on_or_off) return static_cast<int8_t>(source);
  }
  const bool is_other = id >= static_cast<int16_t>(kSignals.size()) && id <= UINT8_MAX;
  return is_other && on_or_off == 1 ? std::optional(static_cast<int8_t>(id)) : std::nullopt;
}

}  // namespace evarrow::aedat4
