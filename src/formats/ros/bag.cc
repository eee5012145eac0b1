// SPDX-License-Identifier: Apache-2.0
// https://wiki.ros.org/Bags/Format/2.0
#include <algorithm>

#include "evarrow/error.h"
#include "formats/ros/walk.h"

namespace evarrow::ros {
namespace {

constexpr uint64_t kMagicLine = 13;         // bytes
constexpr uint64_t kRecordFront = 1024;     // bytes, which most headers of records are within
constexpr uint64_t kMostHeader = 1 << 20;   // bytes
constexpr uint64_t kMostTopic = 16 << 20;   // bytes that describe a topic
constexpr int64_t kSecond = 1'000'000'000;  // nanoseconds

enum Op : uint8_t { kMessage = 2, kBagHeader = 3, kChunk = 5, kConnection = 7 };

// The fields of a header, `name=value` each.
Bytes field(Bytes header, std::string_view name) {
  WireReader reader(header);
  while (reader.is_good()) {
    const Bytes bytes = reader.sequence();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') {
      return bytes.subspan(name.size() + 1);
    }
  }
  return {};
}

template <typename T>
T number(Bytes header, std::string_view name) {
  return WireReader(field(header, name)).number<T>();
}

std::string text(Bytes header, std::string_view name) {
  const Bytes bytes = field(header, name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Record {
  std::vector<std::byte> header;
  uint64_t data = 0;  // where it begins in its region
  uint64_t size = 0;  // of the data
};

// u32 bytes | header | u32 bytes | data
std::optional<Record> record_at(Region& region, uint64_t at) {
  for (uint64_t front = kRecordFront;; front = kMostHeader) {
    WireReader reader(region.read(at, front));
    const Bytes header = reader.sequence();
    const auto size = reader.number<uint32_t>();
    if (reader.is_good()) {
      return Record{
          .header = {header.begin(), header.end()}, .data = at + reader.position(), .size = size};
    }
    if (front == kMostHeader) return {};
  }
}

void add_connection(Region& region, const Record& record, Walk& walk) {
  const Bytes about = region.read(record.data, std::min(record.size, kMostTopic));
  const std::string type = text(about, "type");
  walk.add_topic({.id = number<uint32_t>(record.header, "conn"),
                  .name = text(record.header, "topic"),
                  .type = type,
                  .wire = Wire::kRos1,
                  .kind = kind_of(type)});
}

class BagWalk {
 public:
  BagWalk(Source& file, Walk& walk) : file_(file), walk_(walk) {}

  // The index at the end of a whole bag has all connections: those in a damaged chunk are known
  // all the same.
  void find_connections(Region& region) {
    const auto first = record_at(region, 0);
    if (!first || number<uint8_t>(first->header, "op") != kBagHeader) return;
    const auto index = number<uint64_t>(first->header, "index_pos");
    if (index < region.place(0) || index - region.place(0) >= region.size()) return;
    for (uint64_t at = index - region.place(0); at < region.size();) {
      const auto record = record_at(region, at);
      if (!record || number<uint8_t>(record->header, "op") != kConnection) return;
      add_connection(region, *record, walk_);
      at = record->data + record->size;
    }
  }

  void walk(Region& region) {
    uint64_t at = 0;
    while (at < region.size()) {
      const auto record = record_at(region, at);
      if (!record || record->header.empty()) break;
      const auto op = number<uint8_t>(record->header, "op");
      const uint64_t end = record->data + record->size;
      if (op == kChunk && take_chunk(region, *record)) return;
      if (end > region.size()) break;
      if (op == kConnection) add_connection(region, *record, walk_);
      if (op == kMessage) take_message(region, *record);
      at = end;
    }
    if (at < region.size()) walk_.end_early(region, at);
  }

 private:
  void take_message(Region& region, const Record& record) {
    WireReader time(field(record.header, "time"));
    const int64_t seconds = time.number<uint32_t>();
    const int64_t nanoseconds = time.number<uint32_t>();
    walk_.add_message(number<uint32_t>(record.header, "conn"), seconds * kSecond + nanoseconds,
                      region, record.data, record.size);
  }

  // Whether the file ends in it and its records were taken all the same.
  bool take_chunk(Region& region, const Record& record) {
    if (in_chunk_) return false;
    const std::string packing = text(record.header, "compression");
    const uint64_t offset = region.place(record.data);
    const bool is_cut = record.data + record.size > region.size();
    in_chunk_ = true;
    if (packing == "none") {
      Region inner(file_, offset, std::min(offset + record.size, file_.size()));
      walk(inner);
    } else if (packing == "bz2") {
      throw Error(ErrorCode::kFormat,
                  "its chunks are compressed with bzip2, which the Python package undoes", offset);
    } else if (packing != "lz4") {
      walk_.damage(offset, "a chunk cannot be opened: its compression is '" + packing + "'");
    } else if (!is_cut) {
      walk_.open_chunk(Packing::kLz4, offset, record.size, number<uint32_t>(record.header, "size"),
                       [this](Region& inner) { walk(inner); });
    }
    in_chunk_ = false;
    return is_cut && packing == "none";
  }

  Source& file_;
  Walk& walk_;
  bool in_chunk_ = false;
};

}  // namespace

void walk_bag(Source& file, Walk& walk) {
  Region region(file, std::min(kMagicLine, file.size()), file.size());
  BagWalk bag(file, walk);
  bag.find_connections(region);
  bag.walk(region);
}

}  // namespace evarrow::ros
