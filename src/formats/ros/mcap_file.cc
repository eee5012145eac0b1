// SPDX-License-Identifier: Apache-2.0
// https://mcap.dev/spec
#include "formats/ros/mcap_file.h"

#include <algorithm>
#include <utility>

#include "codecs/crc32.h"
#include "codecs/packer.h"
#include "parallel/in_order.h"

namespace evarrow::ros {
namespace {

constexpr size_t kChunkBytes = 1 << 20;  // of records, after which a chunk ends
constexpr size_t kChunksAtOnce = 16;     // compressed together, at most

}  // namespace

McapFile::McapFile(std::string_view begin, const McapCompression& compression, int threads)
    : compression_(compression),
      threads_(threads),
      position_(begin.size()),
      checksum_(codecs::crc32(bytes_of(begin))) {}

size_t McapFile::add_topic(std::string name, std::string_view type, std::string_view fields) {
  const auto id = static_cast<uint16_t>(topics_.size() + 1);
  topics_.push_back({.id = id, .name = std::move(name), .type = type, .fields = fields});
  return topics_.size() - 1;
}

bool McapFile::is_full() const noexcept { return full_.size() >= kChunksAtOnce; }

std::vector<std::byte>& McapFile::begin_message(size_t topic, uint64_t time) {
  std::vector<std::byte>& out = chunk_.records;
  if (topics_[topic].messages == 0) append_topic(topics_[topic], out);
  chunk_.first = chunk_.entries.empty() ? time : std::min(chunk_.first, time);
  chunk_.last = std::max(chunk_.last, time);
  chunk_.entries.push_back({.topic = topics_[topic].id, .time = time, .offset = out.size()});
  return out;
}

void McapFile::end_message() {
  if (chunk_.records.size() >= kChunkBytes) end_chunk();
}

void McapFile::end_chunk() {
  if (chunk_.entries.empty()) return;
  full_.push_back(std::exchange(chunk_, {}));
}

void McapFile::write_chunks(EncodedBytes& out) {
  parallel_in_order(
      full_.size(), threads_,
      [&](size_t i, size_t /*slot*/) {
        Chunk& chunk = full_[i];
        chunk.checksum = codecs::crc32(chunk.records);
        codecs::Packer().append(compression_.kind, chunk.records, chunk.packed);
      },
      [&](size_t i, size_t /*slot*/) { write_chunk(std::exchange(full_[i], {}), out); });
  full_.clear();
}

void McapFile::finish(EncodedBytes& out) {
  end_chunk();
  write_chunks(out);
  append(out, [&](std::vector<std::byte>& bytes) {
    append_record(bytes, kDataEnd, [&] { append_word(bytes, checksum_); });
  });
  std::erase_if(topics_, [](const McapTopic& topic) { return topic.messages == 0; });
  std::vector<std::byte> summary;
  append_summary({.topics = topics_, .compression = compression_.name_in_file, .chunks = places_},
                 position_, summary);
  out.append(summary);
}

void McapFile::write_chunk(const Chunk& chunk, EncodedBytes& out) {
  ChunkPlace place = {.first = chunk.first,
                      .last = chunk.last,
                      .at = position_,
                      .bytes = 0,
                      .indexes = {},
                      .index_bytes = 0,
                      .packed = chunk.packed.size(),
                      .plain = chunk.records.size()};
  append(out, [&](std::vector<std::byte>& bytes) {
    append_record(bytes, kChunk, [&] {
      append_word(bytes, chunk.first);
      append_word(bytes, chunk.last);
      append_word(bytes, place.plain);
      append_word(bytes, chunk.checksum);
      append_text(bytes, compression_.name_in_file);
      append_word(bytes, place.packed);
      append_bytes(bytes, chunk.packed);
    });
  });
  const uint64_t indexes = position_;
  place.bytes = indexes - place.at;
  for (const McapTopic& topic : topics_) write_index(chunk, topic, place, out);
  place.index_bytes = position_ - indexes;
  places_.push_back(std::move(place));
}

void McapFile::write_index(const Chunk& chunk, const McapTopic& topic, ChunkPlace& place,
                           EncodedBytes& out) {
  if (std::ranges::find(chunk.entries, topic.id, &Chunk::Entry::topic) == chunk.entries.end()) {
    return;
  }
  place.indexes.push_back({.topic = topic.id, .at = position_});
  append(out, [&](std::vector<std::byte>& bytes) {
    append_record(bytes, kMessageIndex, [&] {
      append_word(bytes, topic.id);
      append_sized<uint32_t>(bytes, [&] {
        for (const Chunk::Entry& entry : chunk.entries) {
          if (entry.topic != topic.id) continue;
          append_word(bytes, entry.time);
          append_word(bytes, entry.offset);
        }
      });
    });
  });
}

template <typename Fill>
void McapFile::append(EncodedBytes& out, const Fill& fill) {
  record_.clear();
  fill(record_);
  checksum_ = codecs::crc32(record_, checksum_);
  position_ += record_.size();
  out.append(record_);
}

}  // namespace evarrow::ros
