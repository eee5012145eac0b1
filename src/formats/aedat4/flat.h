// SPDX-License-Identifier: Apache-2.0
// The FlatBuffers that AEDAT 4 files consist of, as bytes: https://flatbuffers.dev/internals.
// Each begins with its size; numbers are aligned as counted from there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "codecs/dv_packet.h"
#include "evarrow/encoder.h"

namespace evarrow::aedat4 {

// A trigger as a packet has it; README.md lists the sources.
struct Trigger {
  int64_t t;  // microseconds
  int8_t source;
};

// A sample as a packet has it: temperature, acceleration, angular velocity and magnetic field, in
// the units of codecs::kDvSample.
struct Sample {
  int64_t t;  // microseconds
  std::array<float, 10> numbers;
};

// What the table at the end says of a packet.
struct TableRow {
  int64_t offset;  // in the file, behind the packet's header
  int32_t stream;
  int32_t size;  // bytes
  int64_t elements;
  int64_t first;  // microseconds; the least and the greatest time
  int64_t last;
};

// Where the header has the place of the table, an i64, counted from its own size.
inline constexpr size_t kTablePlace = 32;

// The header: what tells of the streams is `xml`. The table's place is -1, nowhere.
std::vector<std::byte> make_io_header(codecs::DvCompression compression, std::string_view xml);

// Where the events of a packet begin, bytes.
inline constexpr size_t kEventsAt = 32;

// Makes `packet` that of events, which the caller fills in: `events` records of codecs::kDvEvent
// bytes. Returns where they go.
std::byte* begin_events_packet(size_t events, std::vector<std::byte>& packet);

std::vector<std::byte> make_triggers_packet(std::span<const Trigger> triggers);

std::vector<std::byte> make_samples_packet(std::span<const Sample> samples);

// The pixels come from the picture, several channels as BGR or BGRA.
std::vector<std::byte> make_frame_packet(const Picture& picture);

std::vector<std::byte> make_table(std::span<const TableRow> rows);

}  // namespace evarrow::aedat4
