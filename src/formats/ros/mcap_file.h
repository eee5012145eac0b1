// SPDX-License-Identifier: Apache-2.0
// An MCAP file in the making: messages in chunks, their indexes and the summary.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/dv_packet.h"
#include "evarrow/encoded_bytes.h"
#include "formats/ros/mcap_summary.h"
#include "formats/ros/mcap_words.h"

namespace evarrow::ros {

// How chunks are compressed.
struct McapCompression {
  std::string_view name;
  std::string_view name_in_file;
  codecs::DvCompression kind;
};

class McapFile {
 public:
  // `begin`: what the file begins with and is written already.
  McapFile(std::string_view begin, const McapCompression& compression, int threads);

  // Returns the place of a topic, which is part of the file once it has messages.
  size_t add_topic(std::string name, std::string_view type, std::string_view fields);

  uint64_t messages(size_t topic) const noexcept { return topics_[topic].messages; }

  // Adds a message of that time, nanoseconds, to a chunk; `fill` appends its content to a vector.
  template <typename Fill>
  void add_message(size_t topic, uint64_t time, const Fill& fill) {
    std::vector<std::byte>& out = begin_message(topic, time);
    append_record(out, kMessage, [&] {
      append_word(out, topics_[topic].id);
      append_word(out, static_cast<uint32_t>(topics_[topic].messages));
      append_word(out, time);
      append_word(out, time);
      fill(out);
    });
    ++topics_[topic].messages;
    end_message();
  }

  // Whether enough chunks wait to be compressed together.
  bool is_full() const noexcept;

  // Writes the chunks that are whole; `finish` also the last one, the summary and the end.
  void write_chunks(EncodedBytes& out);
  void finish(EncodedBytes& out);

 private:
  // Messages, in the order in which they came, and what they are put into the file as.
  struct Chunk {
    struct Entry {
      uint16_t topic;
      uint64_t time;
      uint64_t offset;  // in the records
    };

    std::vector<std::byte> records;
    std::vector<Entry> entries;
    uint64_t first = 0;
    uint64_t last = 0;
    std::vector<std::byte> packed;
    uint32_t checksum = 0;
  };

  std::vector<std::byte>& begin_message(size_t topic, uint64_t time);
  void end_message();
  void end_chunk();
  void write_chunk(const Chunk& chunk, EncodedBytes& out);
  void write_index(const Chunk& chunk, const McapTopic& topic, ChunkPlace& place,
                   EncodedBytes& out);

  // What `fill` makes is part of the file, and of its checksum.
  template <typename Fill>
  void append(EncodedBytes& out, const Fill& fill);

  McapCompression compression_;
  int threads_;
  std::vector<McapTopic> topics_;
  std::vector<std::byte> record_;  // that is written next
  Chunk chunk_;                    // that is not full
  std::vector<Chunk> full_;        // not yet compressed
  std::vector<ChunkPlace> places_;
  uint64_t position_;  // in the file, of what is written next
  uint32_t checksum_;  // of all before that
};

}  // namespace evarrow::ros
