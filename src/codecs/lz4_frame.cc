// SPDX-License-Identifier: Apache-2.0
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
#include <algorithm>
#include <cstring>

#include "codecs/frames.h"
#include "codecs/libraries.h"

namespace evarrow::codecs {
namespace {

constexpr uint32_t kMagic = 0x184D2204;
constexpr uint32_t kSkippable = 0x184D2A50;  // and the 15 numbers behind it
constexpr uint32_t kStored = 1U << 31;       // of the size of a block: it is not compressed
constexpr const char* kCut = "it ends within a frame";

struct Frame {
  bool independent = false;      // no block refers to the one before
  bool blocks_checked = false;   // there is a checksum behind each block
  bool content_checked = false;  // and behind the last one
  size_t most = 0;               // bytes of a block
};

uint32_t number_at(Bytes bytes) noexcept {
  uint32_t number;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

// Takes a number from the front of `in`; false if there is none.
bool take_number(Bytes& in, uint32_t& number) noexcept {
  if (in.size() < sizeof(number)) return false;
  number = number_at(in);
  in = in.subspan(sizeof(number));
  return true;
}

// Takes the header of a frame behind its magic number; returns why it cannot be one, or null.
const char* take_header(Bytes& in, Frame& frame) noexcept {
  if (in.size() < 3) return kCut;
  const auto flags = static_cast<uint32_t>(in[0]);
  const auto sizes = static_cast<uint32_t>(in[1]);
  if (flags >> 6 != 1 || (flags & 2) != 0 || (sizes & 0x8F) != 0 || sizes >> 4 < 4) {
    return "its header is none of an LZ4 frame";
  }
  if ((flags & 1) != 0) return "it needs a dictionary, which is not in the file";
  const size_t length = (flags & 8) != 0 ? 10 : 2;
  if (in.size() <= length) return kCut;
  if ((xxhash32(in.first(length)) >> 8 & 0xFF) != static_cast<uint32_t>(in[length])) {
    return "the checksum of its header is wrong";
  }
  frame = {.independent = (flags & 0x20) != 0,
           .blocks_checked = (flags & 0x10) != 0,
           .content_checked = (flags & 4) != 0,
           .most = size_t{1} << (8 + 2 * (sizes >> 4))};
  in = in.subspan(length + 1);
  return nullptr;
}

// Takes a block that is `size` long as it is stored, and writes it to the front of what is left of
// `out`, of which the frame has written from `begin` to `done`. Moves `done` on.
const char* take_block(Bytes& in, uint32_t size, const Frame& frame, Room out, size_t begin,
                       size_t& done) noexcept {
  const size_t bytes = size & ~kStored;
  if (bytes > in.size()) return kCut;
  const Bytes block = in.first(bytes);
  in = in.subspan(bytes);
  uint32_t sum = 0;
  if (frame.blocks_checked && !take_number(in, sum)) return kCut;
  if (frame.blocks_checked && xxhash32(block) != sum) return "the checksum of a block is wrong";
  const Room to = out.subspan(done, std::min(frame.most, out.size() - done));
  if ((size & kStored) != 0) {
    if (bytes > to.size()) return "it is longer than it should be";
    if (bytes != 0) std::memcpy(to.data(), block.data(), bytes);
    done += bytes;
    return nullptr;
  }
  const size_t before = frame.independent ? 0 : done - begin;
  const size_t written = decompress_lz4_behind(block, to, before);
  if (written == kBroken) return "a block is no LZ4 block, or one that is too long";
  done += written;
  return nullptr;
}

// Takes the blocks of a frame. Returns why they are damaged, or null.
const char* take_frame(Bytes& in, const Frame& frame, Room out, size_t& done) noexcept {
  const size_t begin = done;
  uint32_t size = 0;
  while (true) {
    if (!take_number(in, size)) return kCut;
    if (size == 0) break;
    const char* why = take_block(in, size, frame, out, begin, done);
    if (why != nullptr) return why;
  }
  if (!frame.content_checked) return nullptr;
  uint32_t sum = 0;
  if (!take_number(in, sum)) return kCut;
  return xxhash32(out.subspan(begin, done - begin)) == sum ? nullptr : "its checksum is wrong";
}

// Takes frames that say nothing, and the magic number and header of the next one.
const char* take_front(Bytes& in, Frame& frame) noexcept {
  while (true) {
    uint32_t magic = 0;
    if (!take_number(in, magic)) return kCut;
    if (magic == kMagic) return take_header(in, frame);
    uint32_t size = 0;
    if ((magic & ~0xFU) != kSkippable) return "it is no LZ4 frame";
    if (!take_number(in, size) || size > in.size()) return kCut;
    in = in.subspan(size);
  }
}

}  // namespace

Stage undo_lz4_frame(Bytes in, Room out) noexcept {
  size_t done = 0;
  do {
    Frame frame;
    const char* why = take_front(in, frame);
    if (why == nullptr) why = take_frame(in, frame, out, done);
    if (why != nullptr) return damaged(why);
  } while (!in.empty());
  return {.bytes = done};
}

Stage begin_lz4_frame(Bytes in, Room out) noexcept {
  Frame frame;
  const char* why = take_front(in, frame);
  if (why != nullptr) return damaged(why);
  uint32_t size = 0;
  if (!take_number(in, size)) return damaged(kCut);
  const Bytes block = in.first(std::min<size_t>(size & ~kStored, in.size()));
  if ((size & kStored) != 0 || block.empty()) {
    const size_t bytes = std::min(block.size(), out.size());
    if (bytes != 0) std::memcpy(out.data(), block.data(), bytes);
    return {.bytes = bytes};
  }
  const size_t written = begin_lz4(block, out);
  if (written == kBroken) return damaged("its first block is no LZ4 block");
  return {.bytes = written};
}

Stage begin_zstd_frame(Bytes in, Room out, Scratch& scratch) noexcept {
  void* context = scratch.zstd_context();
  if (context == nullptr) return no_memory();
  const size_t written = begin_zstd(context, in, out);
  if (written == kBroken) return damaged("it is no zstd frame");
  return {.bytes = written};
}

}  // namespace evarrow::codecs
