// SPDX-License-Identifier: Apache-2.0
// What an MCAP file says of its topics and, at its end, of where everything is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/event.h"

namespace evarrow::ros {

// A topic: its schema and its channel have the same number.
struct McapTopic {
  uint16_t id;  // not 0
  std::string name;
  std::string_view type;
  std::string_view fields;  // of the type, in the notation of ROS, behind them those of a header
  uint64_t messages = 0;
};

// Where a chunk is, and the indexes of its messages behind it; times are nanoseconds.
struct ChunkPlace {
  struct TopicIndex {
    uint16_t topic;
    uint64_t at;
  };

  uint64_t first, last;
  uint64_t at, bytes;
  std::vector<TopicIndex> indexes;
  uint64_t index_bytes;
  uint64_t packed, plain;
};

struct McapSummary {
  std::span<const McapTopic> topics;  // those that have messages
  std::string_view compression;
  std::span<const ChunkPlace> chunks;  // one at least
};

// Appends the schema and the channel.
void append_topic(const McapTopic& topic, std::vector<std::byte>& out);

// Appends the summary, which begins at `position` of the file, where each kind of record is in it,
// and the end of the file.
void append_summary(const McapSummary& summary, uint64_t position, std::vector<std::byte>& out);

}  // namespace evarrow::ros
