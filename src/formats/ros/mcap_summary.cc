// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/mcap_summary.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "codecs/crc32.h"
#include "formats/ros/cdr_writer.h"
#include "formats/ros/mcap_words.h"

namespace evarrow::ros {
namespace {

void append_schema(const McapTopic& topic, std::vector<std::byte>& out) {
  append_record(out, kSchema, [&] {
    append_word(out, topic.id);
    append_text(out, topic.type);
    append_text(out, "ros2msg");
    append_text(out, std::string(topic.fields) + std::string(kHeaderFields));
  });
}

void append_channel(const McapTopic& topic, std::vector<std::byte>& out) {
  append_record(out, kChannel, [&] {
    append_word(out, topic.id);
    append_word(out, topic.id);  // of the schema
    append_text(out, topic.name);
    append_text(out, "cdr");
    append_word(out, uint32_t{0});  // bytes of metadata
  });
}

void append_statistics(const McapSummary& summary, std::vector<std::byte>& out) {
  uint64_t messages = 0;
  for (const McapTopic& topic : summary.topics) messages += topic.messages;
  const auto topics = static_cast<uint16_t>(summary.topics.size());
  append_record(out, kStatistics, [&] {
    append_word(out, messages);
    append_word(out, topics);                         // schemas
    append_word(out, static_cast<uint32_t>(topics));  // channels
    append_word(out, uint32_t{0});                    // attachments
    append_word(out, uint32_t{0});                    // metadata
    append_word(out, static_cast<uint32_t>(summary.chunks.size()));
    append_word(out, std::ranges::min_element(summary.chunks, {}, &ChunkPlace::first)->first);
    append_word(out, std::ranges::max_element(summary.chunks, {}, &ChunkPlace::last)->last);
    append_sized<uint32_t>(out, [&] {
      for (const McapTopic& topic : summary.topics) {
        append_word(out, topic.id);
        append_word(out, topic.messages);
      }
    });
  });
}

void append_chunk_indexes(const McapSummary& summary, std::vector<std::byte>& out) {
  for (const ChunkPlace& place : summary.chunks) {
    append_record(out, kChunkIndex, [&] {
      append_word(out, place.first);
      append_word(out, place.last);
      append_word(out, place.at);
      append_word(out, place.bytes);
      append_sized<uint32_t>(out, [&] {
        for (const ChunkPlace::TopicIndex& index : place.indexes) {
          append_word(out, index.topic);
          append_word(out, index.at);
        }
      });
      append_word(out, place.index_bytes);
      append_text(out, summary.compression);
      append_word(out, place.packed);
      append_word(out, place.plain);
    });
  }
}

}  // namespace

void append_topic(const McapTopic& topic, std::vector<std::byte>& out) {
  append_schema(topic, out);
  append_channel(topic, out);
}

void append_summary(const McapSummary& summary, uint64_t position, std::vector<std::byte>& out) {
  struct Group {
    Op op;
    uint64_t begin;  // in the summary
  };
  std::vector<std::byte> bytes;
  std::vector<Group> groups;
  const auto add = [&](Op op, const auto& append) {
    groups.push_back({.op = op, .begin = bytes.size()});
    append();
  };
  add(kSchema, [&] {
    for (const McapTopic& topic : summary.topics) append_schema(topic, bytes);
  });
  add(kChannel, [&] {
    for (const McapTopic& topic : summary.topics) append_channel(topic, bytes);
  });
  add(kStatistics, [&] { append_statistics(summary, bytes); });
  add(kChunkIndex, [&] { append_chunk_indexes(summary, bytes); });
  const uint64_t end = bytes.size();
  const uint64_t offsets = position + end;
  for (size_t i = 0; i < groups.size(); ++i) {
    const uint64_t behind = i + 1 < groups.size() ? groups[i + 1].begin : end;
    append_record(bytes, kSummaryOffset, [&] {
      append_word(bytes, static_cast<uint8_t>(groups[i].op));
      append_word(bytes, position + groups[i].begin);
      append_word(bytes, behind - groups[i].begin);
    });
  }
  append_record(bytes, kFooter, [&] {
    append_word(bytes, position);
    append_word(bytes, offsets);
    append_word(bytes, uint32_t{0});
  });
  // The checksum at the end is of all in front of it.
  const size_t before = bytes.size() - sizeof(uint32_t);
  const uint32_t checksum = codecs::crc32(Bytes(bytes).first(before));
  std::memcpy(bytes.data() + before, &checksum, sizeof(checksum));
  append_bytes(out, bytes);
  append_bytes(out, bytes_of(kMcapMagic));
}

}  // namespace evarrow::ros
