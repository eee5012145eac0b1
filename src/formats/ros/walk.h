// SPDX-License-Identifier: Apache-2.0
// What a walk over the records of a bag or an MCAP file finds: topics, and where their messages
// lie.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codecs/filters.h"
#include "containers/stitched_source.h"
#include "formats/ros/messages.h"
#include "io/source.h"

namespace evarrow::ros {

struct Topic {
  uint32_t id = 0;
  std::string name;
  std::string type;
  Wire wire = Wire::kRos1;
  Kind kind = Kind::kOther;
};

struct Message {
  uint32_t topic = 0;  // its id
  int64_t time = 0;    // when it was recorded, nanoseconds
  Space space = Space::kFile;
  uint64_t place = 0;  // of its first byte
  uint64_t size = 0;
  Front front;
};

// A sample of the topic with that id.
struct TopicSample {
  uint32_t topic = 0;
  ImuSample sample;
};

// A message of a camera; the front is nothing if it is none.
struct TopicImage {
  uint32_t topic = 0;
  int64_t time = 0;  // when it was recorded, nanoseconds
  Space space = Space::kFile;
  uint64_t place = 0;  // of its first byte
  uint64_t size = 0;
  std::optional<ImageFront> front;
};

// How the chunks of a file are compressed.
enum class Packing : uint8_t { kNone, kLz4, kZstd };

// Bytes with records in them: a stretch of the file, or a chunk that was opened.
class Region {
 public:
  Region(Source& file, uint64_t begin, uint64_t end)
      : file_(&file), begin_(begin), size_(end - begin) {}
  // `place`: of its first byte among those of all chunks.
  Region(Bytes chunk, uint64_t place) : chunk_(chunk), begin_(place), size_(chunk.size()) {}

  uint64_t size() const noexcept { return size_; }
  Space space() const noexcept { return file_ == nullptr ? Space::kChunks : Space::kFile; }
  uint64_t place(uint64_t at) const noexcept { return begin_ + at; }
  // Fewer bytes at the end; valid until the next call.
  Bytes read(uint64_t at, uint64_t size);

 private:
  Source* file_ = nullptr;
  Bytes chunk_;
  uint64_t begin_;
  uint64_t size_;
  Scratch scratch_;
};

class Walk {
 public:
  explicit Walk(Source& file) : file_(file) {}

  void add_topic(Topic topic);
  // A message whose bytes begin `at` into the region.
  void add_message(uint32_t topic, int64_t time, Region& region, uint64_t at, uint64_t size);
  // Opens a chunk and gives it to `walk_records`; `size`: of what is in it.
  template <typename WalkRecords>
  void open_chunk(Packing packing, uint64_t offset, uint64_t stored, uint64_t size,
                  WalkRecords walk_records) {
    const std::optional<Bytes> opened = unpack(packing, offset, stored, size);
    if (!opened) return;
    Region region(*opened, place_);
    keep_chunk(packing, offset, stored, size);
    walk_records(region);
  }
  // `offset`: of the file, or of what the message or region lies in.
  void damage(uint64_t offset, const std::string& why);
  void damage(Space space, uint64_t place, const std::string& why);
  // The byte of the file; of what lies in a chunk, where that begins.
  uint64_t byte_of(Space space, uint64_t place) const noexcept;
  // From `at` on there is no whole record.
  void end_early(const Region& region, uint64_t at);

  // In order of time.
  const std::vector<Topic>& topics() const noexcept { return topics_; }
  std::vector<Message>& messages() noexcept { return messages_; }
  const std::vector<TopicSample>& samples() const noexcept { return samples_; }
  const std::vector<TopicImage>& images() const noexcept { return images_; }
  ChunkedRows& chunks() noexcept { return chunks_; }
  uint64_t opened() const noexcept { return place_; }  // bytes of all chunks
  const Faults& faults() const noexcept { return faults_; }
  const std::string& why() const noexcept { return why_; }

 private:
  std::optional<Bytes> unpack(Packing packing, uint64_t offset, uint64_t stored, uint64_t size);
  void keep_chunk(Packing packing, uint64_t offset, uint64_t stored, uint64_t size);
  const Topic* find(uint32_t id) const noexcept;
  bool keep_message(const Topic& topic, Message message, Bytes bytes);

  Source& file_;
  std::vector<Topic> topics_;
  std::vector<Message> messages_;
  std::vector<TopicSample> samples_;  // in order of the file, as what follows
  std::vector<TopicImage> images_;
  ChunkedRows chunks_;
  uint64_t place_ = 0;                                    // the end of all chunks
  std::vector<std::pair<uint64_t, uint64_t>> opened_at_;  // where chunks lie there, and in the file
  Faults faults_;
  std::string why_;
  Scratch scratch_;
  codecs::Scratch memory_;
  std::vector<std::byte> opened_;
};

// Each walks over a whole file.
void walk_bag(Source& file, Walk& walk);
void walk_mcap(Source& file, Walk& walk);

}  // namespace evarrow::ros
