// SPDX-License-Identifier: Apache-2.0
// The records of MCAP, u8 what it is | u64 bytes | content: https://mcap.dev/spec
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "evarrow/event.h"
#include "formats/encoding.h"

namespace evarrow::ros {

// At both ends of a file.
inline constexpr std::string_view kMcapMagic = "\x89MCAP0\r\n";
inline constexpr uint64_t kRecordHeader = 9;    // bytes
inline constexpr uint64_t kMessageHeader = 22;  // u16 channel | u32 number | u64 recorded, sent

enum Op : uint8_t {
  kHeader = 1,
  kFooter = 2,
  kSchema = 3,
  kChannel = 4,
  kMessage = 5,
  kChunk = 6,
  kMessageIndex = 7,
  kChunkIndex = 8,
  kStatistics = 11,
  kSummaryOffset = 14,
  kDataEnd = 15
};

void append_bytes(std::vector<std::byte>& out, Bytes bytes);

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// u32 bytes | the text
void append_text(std::vector<std::byte>& out, std::string_view text);

// What `fill()` appends to `out`, behind how many bytes that is.
template <typename Size, typename Fill>
void append_sized(std::vector<std::byte>& out, const Fill& fill) {
  const size_t at = out.size();
  append_word(out, Size{0});
  fill();
  const auto size = static_cast<Size>(out.size() - at - sizeof(Size));
  std::memcpy(out.data() + at, &size, sizeof(size));
}

template <typename Fill>
void append_record(std::vector<std::byte>& out, Op op, const Fill& fill) {
  append_word(out, static_cast<uint8_t>(op));
  append_sized<uint64_t>(out, fill);
}

}  // namespace evarrow::ros
