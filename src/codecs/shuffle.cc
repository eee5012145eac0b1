// SPDX-License-Identifier: Apache-2.0
// Bytes and bits of the same weight that were put together, and the checksum.
#include <algorithm>
#include <cstring>

#include "codecs/libraries.h"
#include "codecs/stages.h"

namespace evarrow::codecs {
namespace {

// First byte of all values, second byte of all values, and so on.
void unshuffle(const std::byte* in, std::byte* out, size_t n, size_t width) noexcept {
  // This way around, a width beyond the chunk costs nothing.
  for (size_t i = 0; i < n; ++i) {
    for (size_t byte = 0; byte < width; ++byte) out[i * width + byte] = in[byte * n + i];
  }
}

// Bit j of byte i becomes bit i of byte j. Hacker's Delight, section 7-3.
constexpr uint64_t transpose_bits(uint64_t x) {
  const auto swap = [&](uint32_t shift, uint64_t mask) {
    const uint64_t changed = (x ^ x >> shift) & mask;
    x ^= changed ^ changed << shift;
  };
  swap(7, 0x00AA'00AA'00AA'00AA);
  swap(14, 0x0000'CCCC'0000'CCCC);
  swap(28, 0x0000'0000'F0F0'F0F0);
  return x;
}

// Bit 0 of all values, bit 1 of all values, and so on; `n` is a multiple of 8.
void unshuffle_bits(const std::byte* in, std::byte* out, size_t n, size_t width) noexcept {
  const size_t row = n / 8;
  for (size_t byte = 0; byte < width; ++byte) {
    const std::byte* rows = in + byte * n;
    for (size_t i = 0; i < row; ++i) {
      uint64_t bits = 0;
      for (size_t bit = 0; bit < 8; ++bit) {
        bits |= static_cast<uint64_t>(rows[bit * row + i]) << 8 * bit;
      }
      bits = transpose_bits(bits);
      for (size_t k = 0; k < 8; ++k, bits >>= 8) {
        out[(i * 8 + k) * width + byte] = static_cast<std::byte>(bits);
      }
    }
  }
}

enum class BitCompressor : uint32_t { kNone = 0, kLz4 = 2, kZstd = 3 };

// The values of the filter: 0, 1 versions | 2 width | 3 values of a block, 0: the default |
// 4 compressor
struct BitLayout {
  size_t width;
  size_t block;
  BitCompressor compressor;
};

BitLayout bit_layout(Values values) noexcept {
  const auto value = [&](size_t i) { return i < values.size() ? values[i] : 0U; };
  // By default a block has 8 KiB, but no fewer than 128 values.
  const size_t width = value(2);
  const size_t fitting = width == 0 ? 0 : 8192 / width / 8 * 8;
  const size_t block = value(3) != 0 ? value(3) : std::max<size_t>(fitting, 128);
  return {.width = width, .block = block, .compressor = static_cast<BitCompressor>(value(4))};
}

// Whence the blocks come and where they are decompressed.
struct BlockReader {
  Bytes in;
  BitCompressor compressor;
  std::byte* memory = nullptr;
  void* zstd_context = nullptr;

  // The next block of `bytes` bytes, its bits still shuffled. Empty: damaged.
  Bytes next(size_t bytes) noexcept {
    size_t stored = bytes;
    if (compressor != BitCompressor::kNone) {
      if (in.size() < sizeof(uint32_t)) return {};
      stored = big_endian_32(in.data());
      in = in.subspan(sizeof(uint32_t));
    }
    if (stored > in.size()) return {};
    const Bytes block = in.first(stored);
    in = in.subspan(stored);
    if (compressor == BitCompressor::kNone) return block;
    const Room room(memory, bytes);
    const size_t written = compressor == BitCompressor::kLz4
                               ? decompress_lz4(block, room)
                               : decompress_zstd(zstd_context, block, room);
    return written == bytes ? Bytes(room) : Bytes();
  }
};

}  // namespace

Stage undo_shuffle(Bytes in, Room out, Values values, Scratch& /*scratch*/) noexcept {
  if (in.size() > out.size()) return damaged("it is longer than its chunk");
  const size_t width = values.empty() ? 1 : std::max(values[0], 1U);
  const size_t n = in.size() / width;
  switch (width) {  // the compiler knows these
    case 2:
      unshuffle(in.data(), out.data(), n, 2);
      break;
    case 4:
      unshuffle(in.data(), out.data(), n, 4);
      break;
    case 8:
      unshuffle(in.data(), out.data(), n, 8);
      break;
    default:
      unshuffle(in.data(), out.data(), n, width);
  }
  // What is left over is too short to be a value, and was left as it was.
  std::ranges::copy(in.subspan(n * width), out.data() + n * width);
  return {.bytes = in.size()};
}

// With a compressor: u64 bytes, u32 bytes of a block, then for each block u32 bytes and the block;
// big-endian. The last block has the values that are left, down to a multiple of 8; the last few
// values are stored as they are.
Stage undo_bitshuffle(Bytes in, Room out, Values values, Scratch& scratch) noexcept {
  BitLayout layout = bit_layout(values);
  size_t total = in.size();
  if (layout.width == 0) return damaged("the width of its values is not known");
  if (layout.compressor != BitCompressor::kNone) {
    constexpr size_t kHeader = 12;
    if (in.size() < kHeader) return damaged("it ends within its header");
    const uint64_t said = big_endian_64(in.data());
    if (said > out.size()) return damaged("it is longer than its chunk");
    total = static_cast<size_t>(said);
    layout.block = big_endian_32(in.data() + 8) / layout.width;
    in = in.subspan(kHeader);
  }
  if (total > out.size()) return damaged("it is longer than its chunk");
  if (total % layout.width != 0) return damaged("it ends within a value");
  if (layout.block == 0 || layout.block % 8 != 0) return damaged("the size of its blocks is wrong");
  const size_t n = total / layout.width;
  BlockReader blocks = {.in = in, .compressor = layout.compressor};
  if (layout.compressor != BitCompressor::kNone) {
    blocks.memory = scratch.room(kStagePiece, std::min(n, layout.block) * layout.width);
    if (blocks.memory == nullptr) return no_memory();
  }
  if (layout.compressor == BitCompressor::kZstd) {
    blocks.zstd_context = scratch.zstd_context();
    if (blocks.zstd_context == nullptr) return no_memory();
  }
  size_t done = 0;
  while (n - done >= 8) {
    const size_t count = std::min(layout.block, (n - done) / 8 * 8);
    const Bytes block = blocks.next(count * layout.width);
    if (block.empty()) return damaged("it ends within a block, or a block is broken");
    unshuffle_bits(block.data(), out.data() + done * layout.width, count, layout.width);
    done += count;
  }
  const size_t left = (n - done) * layout.width;
  if (blocks.in.size() < left) return damaged("it ends within its last values");
  std::copy_n(blocks.in.data(), left, out.data() + done * layout.width);
  return {.bytes = total};
}

uint32_t fletcher32(Bytes bytes) noexcept {
  // Sums of big-endian words of 16 bits, in ones' complement: 0 comes out for zeros only.
  constexpr uint64_t kModulus = 65'535;
  constexpr size_t kMostWords = size_t{1} << 20;  // until the sums could be too large
  uint64_t sum = 0;
  uint64_t sum_of_sums = 0;
  bool is_zero = true;
  const auto fold = [&] {
    is_zero = is_zero && sum == 0;
    sum %= kModulus;
    sum_of_sums %= kModulus;
  };
  size_t words = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const auto low = i + 1 < bytes.size() ? static_cast<uint64_t>(bytes[i + 1]) : 0U;
    sum += static_cast<uint64_t>(bytes[i]) << 8 | low;
    sum_of_sums += sum;
    if (++words % kMostWords == 0) fold();
  }
  fold();
  const auto folded = [&](uint64_t value) {
    return static_cast<uint32_t>(value == 0 && !is_zero ? kModulus : value);
  };
  return folded(sum_of_sums) << 16 | folded(sum);
}

}  // namespace evarrow::codecs
