// SPDX-License-Identifier: Apache-2.0
#include "codecs/packer.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "codecs/frames.h"
#include "codecs/libraries.h"
#include "codecs/lz4_events.h"

namespace evarrow::codecs {
namespace {

constexpr int kLz4Fast = 0, kLz4High = 9;     // its own default
constexpr int kZstdFast = 3, kZstdHigh = 15;  // more take several times as long for a hundredth
constexpr size_t kLargestBlock = size_t{4} << 20;

void append_bytes(const void* bytes, size_t size, std::vector<std::byte>& out) {
  const auto* begin = static_cast<const std::byte*>(bytes);
  out.insert(out.end(), begin, begin + size);
}

// The sizes of blocks that a frame can have, by their numbers: 64 KiB to 4 MiB.
uint32_t block_number(size_t bytes) noexcept {
  uint32_t number = 4;
  while (number < 7 && bytes > size_t{1} << (8 + 2 * number)) ++number;
  return number;
}

// u32 size | the block; one that would not become smaller is stored as it is. `compress` gets where
// it goes, with room for `most` bytes, and returns how many there are, or kBroken.
template <typename Compress>
void append_block(Bytes block, size_t most, std::vector<std::byte>& out, const Compress& compress) {
  constexpr uint32_t kStored = 1U << 31;
  const size_t at = out.size();
  out.resize(at + sizeof(uint32_t) + std::max(most, block.size()));
  std::byte* to = out.data() + at + sizeof(uint32_t);
  size_t bytes = compress(to);
  auto size = static_cast<uint32_t>(bytes);
  if (bytes >= block.size()) {
    bytes = block.size();
    std::memcpy(to, block.data(), bytes);
    size = static_cast<uint32_t>(bytes) | kStored;
  }
  std::memcpy(out.data() + at, &size, sizeof(size));
  out.resize(at + sizeof(uint32_t) + bytes);
}

// Appends what is in front of the blocks; returns the most bytes that a block holds.
size_t begin_frame(size_t content, std::vector<std::byte>& out) {
  constexpr uint32_t kMagic = 0x184D2204;
  constexpr std::byte kVersionIndependent{0x60};  // version 1, blocks that stand alone
  const auto number = block_number(content);
  const std::byte flags[] = {kVersionIndependent, static_cast<std::byte>(number << 4)};
  append_bytes(&kMagic, sizeof(kMagic), out);
  append_bytes(flags, sizeof(flags), out);
  out.push_back(static_cast<std::byte>(xxhash32(flags) >> 8 & 0xFF));
  return size_t{1} << (8 + 2 * number);
}

void end_frame(std::vector<std::byte>& out) {
  constexpr uint32_t kEnd = 0;
  append_bytes(&kEnd, sizeof(kEnd), out);
}

}  // namespace

void append_lz4_frame(Bytes content, int level, std::vector<std::byte>& out) {
  const size_t most = begin_frame(content.size(), out);
  for (size_t at = 0; at < content.size(); at += most) {
    const Bytes block = content.subspan(at, std::min(most, content.size() - at));
    append_block(block, block.size(), out,
                 [&](std::byte* to) { return compress_lz4(block, {to, block.size()}, level); });
  }
  end_frame(out);
}

void Packer::FreeContext::operator()(void* context) const noexcept { free_zstd_packer(context); }

void Packer::append_zstd_frame(Bytes content, int level, std::vector<std::byte>& out) {
  if (zstd_ == nullptr) zstd_.reset(make_zstd_packer());
  if (zstd_ == nullptr) throw std::bad_alloc();
  // The library's own bound for what becomes no smaller.
  const size_t most = content.size() + content.size() / 256 + 1024;
  const size_t at = out.size();
  out.resize(at + most);
  const size_t bytes = compress_zstd(zstd_.get(), content, {out.data() + at, most}, level);
  if (bytes == kBroken) throw std::bad_alloc();
  out.resize(at + bytes);
}

void Packer::append(DvCompression compression, Bytes packet, std::vector<std::byte>& out) {
  switch (compression) {
    case DvCompression::kNone:
      append_bytes(packet.data(), packet.size(), out);
      return;
    case DvCompression::kLz4:
      append_lz4_frame(packet, kLz4Fast, out);
      return;
    case DvCompression::kLz4High:
      append_lz4_frame(packet, kLz4High, out);
      return;
    case DvCompression::kZstd:
      append_zstd_frame(packet, kZstdFast, out);
      return;
    case DvCompression::kZstdHigh:
      append_zstd_frame(packet, kZstdHigh, out);
      return;
  }
}

void Packer::append_events(DvCompression compression, Bytes packet, size_t front,
                           std::vector<std::byte>& out) {
  if (compression != DvCompression::kLz4 || packet.size() > kLargestBlock) {
    append(compression, packet, out);
    return;
  }
  begin_frame(packet.size(), out);
  append_block(packet, most_lz4_of_events(packet.size()), out,
               [&](std::byte* to) { return compress_events_lz4(packet, front, to); });
  end_frame(out);
}

}  // namespace evarrow::codecs
