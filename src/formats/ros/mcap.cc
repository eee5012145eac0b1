// SPDX-License-Identifier: Apache-2.0
// https://mcap.dev/spec
#include <algorithm>
#include <map>

#include "formats/ros/mcap_words.h"
#include "formats/ros/walk.h"

namespace evarrow::ros {
namespace {

constexpr uint64_t kMagic = kMcapMagic.size();
constexpr uint64_t kMostRecord = 16 << 20;  // bytes of those that are read whole
constexpr uint64_t kChunkFront = 4096;      // bytes

struct Record {
  uint8_t op = 0;
  uint64_t data = 0;  // where it begins in its region
  uint64_t size = 0;
};

std::optional<Record> record_at(Region& region, uint64_t at) {
  WireReader reader(region.read(at, kRecordHeader));
  const auto op = reader.number<uint8_t>();
  const auto size = reader.number<uint64_t>();
  if (!reader.is_good() || op == 0) return {};
  return Record{.op = op, .data = at + kRecordHeader, .size = size};
}

class McapWalk {
 public:
  McapWalk(Source& file, Walk& walk) : file_(file), walk_(walk) {}

  // The summary at the end of a whole file has all channels: those in a damaged chunk are known all
  // the same.
  void find_channels(Region& region) {
    constexpr uint64_t kEnd =
        kRecordHeader + 20 + kMagic;  // of the file: a footer, the magic again
    if (region.size() < kEnd) return;
    const auto footer = record_at(region, region.size() - kEnd);
    if (!footer || footer->op != kFooter) return;
    const auto summary = WireReader(region.read(footer->data, sizeof(uint64_t))).number<uint64_t>();
    if (summary < region.place(0) || summary - region.place(0) >= region.size()) return;
    for (uint64_t at = summary - region.place(0); at < region.size();) {
      const auto record = record_at(region, at);
      const bool is_about = record && (record->op == kSchema || record->op == kChannel);
      if (!is_about || record->size > region.size() - record->data) return;
      take(region, *record);
      at = record->data + record->size;
    }
  }

  void walk(Region& region) {
    uint64_t at = 0;
    while (at < region.size()) {
      const auto record = record_at(region, at);
      if (!record) break;
      if (record->op == kDataEnd || record->op == kFooter) return;
      const bool is_cut = record->size > region.size() - record->data;
      if (record->op == kChunk && !in_chunk_) {
        in_chunk_ = true;
        const bool is_told = take_chunk(region, *record, is_cut);
        in_chunk_ = false;
        if (is_told) return;
      } else if (!is_cut) {
        take(region, *record);
      }
      if (is_cut) break;
      at = record->data + record->size;
    }
    if (at < region.size()) walk_.end_early(region, at);
  }

 private:
  void take(Region& region, const Record& record) {
    if (record.op == kMessage) {
      WireReader reader(region.read(record.data, kMessageHeader));
      const auto channel = reader.number<uint16_t>();
      (void)reader.number<uint32_t>();
      const auto time = reader.number<uint64_t>();
      if (!reader.is_good() || record.size < kMessageHeader) return;
      walk_.add_message(channel, static_cast<int64_t>(time & INT64_MAX), region,
                        record.data + kMessageHeader, record.size - kMessageHeader);
    } else if (record.op == kSchema) {
      WireReader reader(region.read(record.data, std::min(record.size, kMostRecord)));
      const auto id = reader.number<uint16_t>();
      types_[id] = reader.text();
    } else if (record.op == kChannel) {
      add_channel(WireReader(region.read(record.data, std::min(record.size, kMostRecord))));
    }
  }

  void add_channel(WireReader reader) {
    const auto id = reader.number<uint16_t>();
    const std::string& type = types_[reader.number<uint16_t>()];
    const std::string_view topic = reader.text();
    const std::string_view encoding = reader.text();
    const bool is_known = encoding == "cdr" || encoding == "ros1";
    walk_.add_topic({.id = id,
                     .name = std::string(topic),
                     .type = type,
                     .wire = encoding == "ros1" ? Wire::kRos1 : Wire::kCdr,
                     .kind = is_known ? kind_of(type) : Kind::kOther});
  }

  // u64 first and last time | u64 bytes of what is in it | u32 checksum | text compression |
  // u64 bytes | the records. Whether the file ends in it and its records were taken all the same.
  bool take_chunk(Region& region, const Record& record, bool is_cut) {
    WireReader reader(region.read(record.data, std::min(record.size, kChunkFront)));
    (void)reader.number<uint64_t>();
    (void)reader.number<uint64_t>();
    const auto size = reader.number<uint64_t>();
    (void)reader.number<uint32_t>();
    const std::string packing(reader.text());
    const auto stored = reader.number<uint64_t>();
    const uint64_t offset = region.place(record.data + reader.position());
    if (!reader.is_good() || stored > record.size - reader.position()) {
      if (!is_cut) walk_.damage(region.place(record.data), "a chunk is larger than its record");
      return false;
    }
    if (packing.empty()) {
      Region inner(file_, offset, offset + std::min(stored, file_.size() - offset));
      walk(inner);
      return is_cut;
    }
    if (packing != "lz4" && packing != "zstd") {
      walk_.damage(offset, "a chunk is compressed with '" + packing + "', which is none of MCAP's");
    } else if (!is_cut && size != 0) {
      walk_.open_chunk(packing == "lz4" ? Packing::kLz4 : Packing::kZstd, offset, stored, size,
                       [this](Region& inner) { walk(inner); });
    }
    return false;
  }

  Source& file_;
  Walk& walk_;
  bool in_chunk_ = false;
  std::map<uint16_t, std::string> types_;  // of schemas
};

}  // namespace

void walk_mcap(Source& file, Walk& walk) {
  Region region(file, std::min(kMagic, file.size()), file.size());
  McapWalk mcap(file, walk);
  mcap.find_channels(region);
  mcap.walk(region);
}

}  // namespace evarrow::ros
