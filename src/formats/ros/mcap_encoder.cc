// SPDX-License-Identifier: Apache-2.0
// https://mcap.dev/spec
#include "formats/ros/mcap_encoder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "codecs/crc32.h"
#include "codecs/packer.h"
#include "evarrow/machine.h"
#include "formats/evt3/evt3.h"
#include "formats/ros/mcap_summary.h"
#include "formats/ros/mcap_words.h"
#include "formats/ros/packet_writer.h"
#include "parallel/in_order.h"

namespace evarrow::ros {
namespace {

constexpr size_t kPacketBytes = 65'536;  // of the words of a message, at most
constexpr size_t kChunkBytes = 1 << 20;  // of records, after which a chunk ends
constexpr size_t kChunksAtOnce = 16;     // compressed together, at most
constexpr uint64_t kNanoseconds = 1000;  // of a microsecond

struct Compression {
  std::string_view name;
  std::string_view name_in_file;
  codecs::DvCompression kind;
};
constexpr Compression kCompressions[] = {
    {"zstd", "zstd", codecs::DvCompression::kZstd},
    {"lz4", "lz4", codecs::DvCompression::kLz4},
    {"none", "", codecs::DvCompression::kNone},
};

const Compression& compression_of(const EncodeOptions& options) {
  const auto named = options.named.find("compression");
  const std::string name = named == options.named.end() ? "zstd" : named->second;
  const auto found = std::ranges::find(kCompressions, name, &Compression::name);
  if (found == std::end(kCompressions)) {
    throw Error(ErrorCode::kArgument,
                "MCAP has no compression '" + name + "'; it has zstd, lz4 and none");
  }
  if (const char* why = codecs::why_unsupported(found->kind)) {
    throw Error(ErrorCode::kArgument, "the compression '" + name + "' cannot be written: " + why);
  }
  return *found;
}

std::string field_of(const Header& header, std::string_view name, std::string otherwise) {
  for (const auto& [key, value] : header.fields) {
    if (key == name && !value.empty()) return value;
  }
  return otherwise;
}

// Messages, in the order of their times, and what a chunk of them is put into a file as.
struct Chunk {
  struct Entry {
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

class McapEncoder final : public Encoder {
 public:
  McapEncoder(const Header& header, const EncodeOptions& options)
      : compression_(compression_of(options)),
        threads_(thread_count(options.threads)),
        topic_(field_of(header, "topic", "/event_camera/events")),
        front_({.frame_id = field_of(header, "frame_id", "event_camera"),
                .width = header.width,
                .height = header.height}),
        words_encoder_(evt3::make_encoder(header, options)),
        clock_(evt3::kFormat.make_decoder(header, {})) {
    const std::string begin = write_mcap_header(header, options);
    position_ = begin.size();
    checksum_ = codecs::crc32(bytes_of(begin));
    append_topic(topic_, chunk_.records);
  }

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    if (events.size() == 0 && triggers.size() != 0 && messages_ == 0) {
      time_ = std::max<int64_t>(0, triggers.column<int64_t>(kTriggerT)[0]);
    }
    EncodedBytes words(encoded_, [&](Bytes block) { add_words(block, out); });
    words_encoder_->encode(events, triggers, words);
    words.flush();
    write_chunks(out);
  }

  void finish(EncodedBytes& out) override {
    add_words(std::exchange(encoded_, {}),
              out);  // of a call that ended with a row that was refused
    // One without words says how large the sensor is.
    if (!words_.empty() || messages_ == 0) add_message(words_);
    end_chunk();
    write_chunks(out);
    append(out, [&](std::vector<std::byte>& bytes) {
      append_record(bytes, kDataEnd, [&] { append_word(bytes, checksum_); });
    });
    std::vector<std::byte> summary;
    append_summary({.topic = topic_,
                    .compression = compression_.name_in_file,
                    .messages = messages_,
                    .chunks = places_},
                   position_, summary);
    out.append(summary);
  }

 private:
  void add_words(Bytes block, EncodedBytes& out) {
    append_bytes(words_, block);
    const size_t whole = words_.size() / kPacketBytes * kPacketBytes;
    for (size_t at = 0; at < whole; at += kPacketBytes) {
      add_message(Bytes(words_).subspan(at, kPacketBytes));
    }
    words_.erase(words_.begin(), words_.begin() + static_cast<ptrdiff_t>(whole));
    if (full_.size() >= kChunksAtOnce) write_chunks(out);
  }

  // Times are those of the first and the last event of a message.
  void add_message(Bytes words) {
    Summary summary;
    clock_->summarize(words, summary);
    const bool has_events = summary.events != 0;
    const int64_t first = has_events ? summary.t_min : time_;
    if (has_events) time_ = summary.t_max;
    const uint64_t time = static_cast<uint64_t>(time_) * kNanoseconds;
    std::vector<std::byte>& out = chunk_.records;
    chunk_.first = chunk_.entries.empty() ? time : std::min(chunk_.first, time);
    chunk_.last = std::max(chunk_.last, time);
    chunk_.entries.push_back({.time = time, .offset = out.size()});
    append_record(out, kMessage, [&] {
      append_word(out, kTopicId);
      append_word(out, static_cast<uint32_t>(messages_));
      append_word(out, time);
      append_word(out, time);
      append_packet(front_, messages_, first, words, out);
    });
    ++messages_;
    if (out.size() >= kChunkBytes) end_chunk();
  }

  void end_chunk() {
    if (chunk_.entries.empty()) return;
    full_.push_back(std::exchange(chunk_, {}));
  }

  void write_chunks(EncodedBytes& out) {
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

  void write_chunk(const Chunk& chunk, EncodedBytes& out) {
    ChunkPlace place = {.first = chunk.first,
                        .last = chunk.last,
                        .at = position_,
                        .bytes = 0,
                        .index_at = 0,
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
    place.bytes = position_ - place.at;
    place.index_at = position_;
    append(out, [&](std::vector<std::byte>& bytes) {
      append_record(bytes, kMessageIndex, [&] {
        append_word(bytes, kTopicId);
        append_sized<uint32_t>(bytes, [&] {
          for (const Chunk::Entry& entry : chunk.entries) {
            append_word(bytes, entry.time);
            append_word(bytes, entry.offset);
          }
        });
      });
    });
    place.index_bytes = position_ - place.index_at;
    places_.push_back(place);
  }

  // What `fill` makes is part of the file, and of its checksum.
  template <typename Fill>
  void append(EncodedBytes& out, const Fill& fill) {
    record_.clear();
    fill(record_);
    checksum_ = codecs::crc32(record_, checksum_);
    position_ += record_.size();
    out.append(record_);
  }

  Compression compression_;
  int threads_;
  std::string topic_;
  PacketFront front_;
  std::unique_ptr<Encoder> words_encoder_;
  std::unique_ptr<Decoder> clock_;  // tells the times of messages
  std::vector<std::byte> encoded_;  // words on their way here
  std::vector<std::byte> words_;    // of the next message
  std::vector<std::byte> record_;   // that is written next
  Chunk chunk_;                     // that is not full
  std::vector<Chunk> full_;         // not yet compressed
  std::vector<ChunkPlace> places_;
  int64_t time_ = 0;       // of the last message, microseconds
  uint64_t messages_ = 0;  // so far
  uint64_t position_ = 0;  // in the file, of what is written next
  uint32_t checksum_ = 0;  // of all before that
};

}  // namespace

std::string write_mcap_header(const Header& header, const EncodeOptions& options) {
  (void)compression_of(options);
  (void)evt3::kFormat.write_header(header, {});  // which refuses what is no sensor
  std::vector<std::byte> out;
  append_bytes(out, bytes_of(kMcapMagic));
  append_record(out, kHeader, [&] {
    append_text(out, "ros2");
    append_text(out, "evarrow " EVARROW_VERSION);
  });
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::unique_ptr<Encoder> make_mcap_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<McapEncoder>(header, options);
}

}  // namespace evarrow::ros
