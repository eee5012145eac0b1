// SPDX-License-Identifier: Apache-2.0
// What an MCAP file says of its topic and, at its end, of where everything is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "evarrow/event.h"

namespace evarrow::ros {

inline constexpr uint16_t kTopicId = 1;  // of the one schema and of its one channel

// Where a chunk is, and the index of its messages behind it; times are nanoseconds.
struct ChunkPlace {
  uint64_t first, last;
  uint64_t at, bytes;
  uint64_t index_at, index_bytes;
  uint64_t packed, plain;
};

struct McapSummary {
  std::string_view topic;
  std::string_view compression;
  uint64_t messages;
  std::span<const ChunkPlace> chunks;  // one at least
};

// Appends the schema and the channel.
void append_topic(std::string_view topic, std::vector<std::byte>& out);

// Appends the summary, which begins at `position` of the file, where each kind of record is in it,
// and the end of the file.
void append_summary(const McapSummary& summary, uint64_t position, std::vector<std::byte>& out);

}  // namespace evarrow::ros
