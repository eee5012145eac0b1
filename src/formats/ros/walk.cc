// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/walk.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "codecs/filters.h"

namespace evarrow::ros {
namespace {

constexpr uint64_t kMostGrowth = 1100;       // of chunks that are not small
constexpr uint64_t kModestBytes = 64 << 20;  // of a chunk, which need no proof
constexpr uint64_t kMostBytes = uint64_t{1} << 32;

}  // namespace

Bytes Region::read(uint64_t at, uint64_t size) {
  const uint64_t begin = std::min(at, size_);
  const uint64_t bytes = std::min(size, size_ - begin);
  if (file_ == nullptr) return chunk_.subspan(begin, bytes);
  return file_->read(begin_ + begin, static_cast<size_t>(bytes), scratch_);
}

void Walk::add_topic(Topic topic) {
  if (find(topic.id) == nullptr) topics_.push_back(std::move(topic));
}

const Topic* Walk::find(uint32_t id) const noexcept {
  const auto topic = std::ranges::find(topics_, id, &Topic::id);
  return topic == topics_.end() ? nullptr : &*topic;
}

void Walk::add_message(uint32_t topic, int64_t time, Region& region, uint64_t at, uint64_t size) {
  const Topic* of = find(topic);
  if (of == nullptr || of->kind == Kind::kOther) return;
  const Bytes bytes = region.read(at, std::min<uint64_t>(size, kFrontBytes));
  const Message message = {.topic = topic,
                           .time = time,
                           .space = region.space(),
                           .place = region.place(at),
                           .size = size,
                           .front = {}};
  if (!keep_message(*of, message, bytes)) {
    damage(region.space(), region.place(at),
           "a message of the topic '" + of->name + "' is no " + of->type);
  }
}

// False if its bytes are no such message, and that is for all readers to know: who reads events
// does not look at images.
bool Walk::keep_message(const Topic& topic, Message message, Bytes bytes) {
  if (topic.kind == Kind::kImu) {
    const auto sample = read_imu(topic.wire, bytes);
    if (sample) samples_.push_back({.topic = topic.id, .sample = *sample});
    return sample.has_value();
  }
  if (topic.kind == Kind::kImage) {
    images_.push_back({.topic = topic.id,
                       .time = message.time,
                       .space = message.space,
                       .place = message.place,
                       .size = message.size,
                       .front = read_image_front(topic.wire, bytes)});
    return true;
  }
  auto front = read_front(topic.kind, topic.wire, bytes);
  if (!front) return false;
  message.front = *std::move(front);
  messages_.push_back(std::move(message));
  return true;
}

std::optional<Bytes> Walk::unpack(Packing packing, uint64_t offset, uint64_t stored,
                                  uint64_t size) {
  const bool is_large = size > kModestBytes && size / kMostGrowth > stored;
  if (is_large || size > kMostBytes || size == 0) {
    damage(offset,
           "a chunk of " + std::to_string(stored) + " bytes cannot hold " + std::to_string(size));
    return {};
  }
  const codecs::Filter filter = {
      .id = packing == Packing::kLz4 ? codecs::kLz4Frame : codecs::kZstdFrame, .values = {}};
  const Bytes bytes = file_.read(offset, static_cast<size_t>(stored), scratch_);
  if (opened_.size() < size) opened_.resize(size);
  const auto undone = codecs::undo_filters({&filter, 1}, 0, bytes, {opened_.data(), size}, memory_);
  if (undone.outcome != codecs::Outcome::kDone) {
    damage(offset, std::string("a chunk cannot be opened: ") + undone.why);
    return {};
  }
  return undone.bytes;
}

void Walk::keep_chunk(Packing packing, uint64_t offset, uint64_t stored, uint64_t size) {
  constexpr uint64_t kNoLz4 = 1;  // bits of the filters that a chunk did not go through
  constexpr uint64_t kNoZstd = 2;
  if (chunks_.filters.empty()) {
    chunks_.name = "chunks";
    chunks_.row_bytes = 1;
    chunks_.filters = {{.id = codecs::kLz4Frame, .values = {}},
                       {.id = codecs::kZstdFrame, .values = {}}};
  }
  chunks_.chunks.push_back({.row = place_,
                            .offset = offset,
                            .size = stored,
                            .skipped = packing == Packing::kLz4 ? kNoZstd : kNoLz4});
  opened_at_.emplace_back(place_, offset);
  chunks_.chunk_rows = std::max(chunks_.chunk_rows, size);
  place_ += size;
}

void Walk::end_early(const Region& region, uint64_t at) {
  const uint64_t left = region.size() - at;
  if (region.space() == Space::kFile) {
    faults_.add(FaultKind::kTruncated, region.place(at), left);
  } else {
    damage(region.space(), region.place(at),
           "the last " + std::to_string(left) + " bytes of a chunk are no record");
  }
}

void Walk::damage(uint64_t offset, const std::string& why) {
  if (why_.empty()) why_ = why;
  faults_.add(FaultKind::kCorrupt, offset);
}

void Walk::damage(Space space, uint64_t place, const std::string& why) {
  damage(byte_of(space, place), why);
}

uint64_t Walk::byte_of(Space space, uint64_t place) const noexcept {
  if (space == Space::kFile) return place;
  const auto after =
      std::ranges::upper_bound(opened_at_, place, {}, &std::pair<uint64_t, uint64_t>::first);
  return after == opened_at_.begin() ? 0 : std::prev(after)->second;
}

}  // namespace evarrow::ros
