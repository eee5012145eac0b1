// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/packets.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "codecs/flatbuffer.h"

namespace evarrow::aedat4 {
namespace {

constexpr uint64_t kPacketHeader = 8;  // i32 stream | i32 size

struct PacketHeader {
  int32_t stream;
  int32_t size;
};
static_assert(sizeof(PacketHeader) == kPacketHeader);

std::optional<PacketHeader> header_at(Source& file, uint64_t offset, Scratch& scratch) {
  const Bytes bytes = file.read(offset, kPacketHeader, scratch);
  if (bytes.size() < kPacketHeader) return {};
  PacketHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header;
}

// One row of the table, if it can be true.
std::optional<Packet> packet_of(const codecs::FlatTable& row) {
  const auto offset = row.number<int64_t>(0, -1);
  const Bytes header = row.structure(1, kPacketHeader);
  const auto elements = row.number<int64_t>(2, 0);
  if (offset < 0 || header.empty() || elements < 0) return {};
  PacketHeader packet;
  std::memcpy(&packet, header.data(), sizeof(packet));
  if (packet.size < 0) return {};
  return Packet{.stream = packet.stream,
                .offset = static_cast<uint64_t>(offset),
                .size = static_cast<uint64_t>(packet.size),
                .elements = static_cast<uint64_t>(elements),
                .first = row.number<int64_t>(3, 0),
                .last = row.number<int64_t>(4, 0)};
}

// Whether the packets lie one behind the other from `begin` to `end`.
bool fill(const std::vector<Packet>& packets, uint64_t begin, uint64_t end) {
  for (const Packet& packet : packets) {
    if (packet.offset != begin + kPacketHeader) return false;
    begin = packet.offset + packet.size;
  }
  return begin == end;
}

std::vector<Packet> packets_of(const codecs::FlatTable& table) {
  std::vector<Packet> packets;
  const auto rows = table.vector(0, sizeof(uint32_t));
  const size_t count = rows ? rows->size() / sizeof(uint32_t) : 0;
  for (size_t i = 0; i < count; ++i) {
    const auto row = table.table(0, i);
    const auto packet = row ? packet_of(*row) : std::nullopt;
    if (!packet) return {};
    packets.push_back(*packet);
  }
  std::ranges::sort(packets, {}, &Packet::offset);
  return packets;
}

std::vector<Packet> read_table(Source& file, uint64_t offset, codecs::DvCompression compression) {
  constexpr uint64_t kMostBytes = uint64_t{1} << 30;
  const uint64_t size = file.size() - offset;
  if (size > kMostBytes) return {};
  Scratch scratch;
  codecs::Scratch memory;
  const Bytes stored = file.read(offset, size, scratch);
  const Bytes opened = codecs::open_dv_packet(compression, stored, memory);
  const auto table = codecs::FlatTable::root(opened, "FTAB");
  return table ? packets_of(*table) : std::vector<Packet>();
}

// Goes from packet to packet, to the table or, if there is none where it should be, to the end.
Packets walk(Source& file, uint64_t begin, uint64_t table) {
  Packets packets;
  Scratch scratch;
  const uint64_t end = file.size();
  uint64_t at = begin;
  while (at < end && at != table) {
    const auto header = header_at(file, at, scratch);
    if (!header || header->size < 0) break;
    const auto size = static_cast<uint64_t>(header->size);
    if (size > end - at - kPacketHeader) break;
    at += kPacketHeader;
    packets.all.push_back({.stream = header->stream, .offset = at, .size = size});
    at += size;
  }
  if (at != table) packets.truncated = end - at;
  return packets;
}

}  // namespace

Packets find_packets(Source& file, uint64_t begin, int64_t table,
                     codecs::DvCompression compression) {
  const auto at = static_cast<uint64_t>(table);
  if (table < 0 || at < begin || at >= file.size()) return walk(file, begin, file.size());
  Packets packets = {.all = read_table(file, at, compression), .have_elements = true};
  if (!packets.all.empty() && fill(packets.all, begin, at)) return packets;
  return walk(file, begin, at);
}

}  // namespace evarrow::aedat4
