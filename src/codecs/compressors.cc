// SPDX-License-Identifier: Apache-2.0
// The compressors as HDF5's filters frame them.
#include <algorithm>
#include <cstring>

#include "codecs/ecf.h"
#include "codecs/libraries.h"
#include "codecs/stages.h"

namespace evarrow::codecs {
namespace {

Stage stage_of(size_t bytes, const char* why) noexcept {
  return bytes == kBroken ? damaged(why) : Stage{.bytes = bytes};
}

// A match may overlap what it makes: then it repeats, and twice as much can be copied each time.
void copy_match(std::byte* to, size_t distance, size_t n) noexcept {
  constexpr size_t kShort = 16;  // most are, and a copy of so few bytes is not worth a call
  const std::byte* from = to - distance;
  if (n < kShort) {
    for (size_t i = 0; i < n; ++i) to[i] = from[i];
    return;
  }
  for (size_t there = distance; n > 0; there *= 2) {
    const size_t part = std::min(n, there);
    std::memcpy(to, from, part);
    to += part;
    n -= part;
  }
}

}  // namespace

Stage undo_deflate(Bytes in, Room out, Values /*values*/, Scratch& /*scratch*/) noexcept {
  return stage_of(decompress_zlib(in, out), "it is no zlib stream, or one that is too long");
}

Stage undo_zstd(Bytes in, Room out, Values /*values*/, Scratch& scratch) noexcept {
  void* context = scratch.zstd_context();
  if (context == nullptr) return no_memory();
  return stage_of(decompress_zstd(context, in, out),
                  "it is no zstd frame, or one that is too long");
}

Stage undo_blosc(Bytes in, Room out, Values /*values*/, Scratch& /*scratch*/) noexcept {
  // 0 version | 1 version of the compressor | 2 flags, the compressor in 7..5 | 3 width
  // 4 bytes | 8 bytes of a block | 12 bytes compressed
  constexpr size_t kHeader = 16;
  constexpr uint32_t kSnappy = 2;
  constexpr uint32_t kCopied = 2;  // of the flags
  if (in.size() < kHeader) return damaged("it ends within its header");
  const auto flags = static_cast<uint32_t>(in[2]);
  if (flags >> 5 == kSnappy && (flags & kCopied) == 0) {
    return {.outcome = Outcome::kUnsupported,
            .why = "it is compressed with snappy, which evarrow does not know"};
  }
  uint32_t block = 0;
  uint32_t bytes = 0;
  std::memcpy(&block, in.data() + 8, sizeof(block));
  std::memcpy(&bytes, in.data() + 12, sizeof(bytes));
  // The library allocates some blocks.
  if (block > std::max<size_t>(out.size(), 1)) return damaged("its blocks are larger than it is");
  if (bytes > in.size()) return damaged("it is cut off");
  in = in.first(bytes);
  return stage_of(decompress_blosc(in, out), "it is no blosc buffer, or one that is too long");
}

// u64 bytes, u32 bytes of a block, then for each block u32 bytes and the block, which is stored as
// it is where it would not become smaller; big-endian.
Stage undo_lz4(Bytes in, Room out, Values /*values*/, Scratch& /*scratch*/) noexcept {
  constexpr size_t kHeader = 12;
  if (in.size() < kHeader) return damaged("it ends within its header");
  const uint64_t total = big_endian_64(in.data());
  const size_t most = big_endian_32(in.data() + 8);
  if (total > out.size()) return damaged("it is longer than its chunk");
  if (most == 0 && total > 0) return damaged("its blocks are empty");
  in = in.subspan(kHeader);
  for (size_t done = 0; done < total;) {
    const Room to = out.subspan(done, std::min<size_t>(most, total - done));
    if (in.size() < sizeof(uint32_t)) return damaged("it ends before its last block");
    const size_t bytes = big_endian_32(in.data());
    in = in.subspan(sizeof(uint32_t));
    if (bytes > in.size()) return damaged("it ends within a block");
    if (bytes == to.size()) {
      std::memcpy(to.data(), in.data(), bytes);
    } else if (decompress_lz4(in.first(bytes), to) != to.size()) {
      return damaged("a block is no LZ4 block, or one of another length");
    }
    in = in.subspan(bytes);
    done += to.size();
  }
  return {.bytes = static_cast<size_t>(total)};
}

// 000nnnnn: n + 1 bytes follow. Else nnnddddd dddddddd: n + 2 bytes from d + 1 bytes back; if n is
// 7, the byte between is added to it.
Stage undo_lzf(Bytes in, Room out, Values /*values*/, Scratch& /*scratch*/) noexcept {
  constexpr const char* kCut = "it ends within a literal or a match";
  constexpr const char* kLong = "it is longer than its chunk";
  size_t at = 0;
  size_t done = 0;
  while (at < in.size()) {
    const auto control = static_cast<size_t>(in[at++]);
    size_t n = control >> 5;
    if (n == 0) {
      n = control + 1;
      if (n > in.size() - at) return damaged(kCut);
      if (n > out.size() - done) return damaged(kLong);
      std::memcpy(out.data() + done, in.data() + at, n);
      at += n;
      done += n;
      continue;
    }
    if (n == 7) {
      if (at == in.size()) return damaged(kCut);
      n += static_cast<size_t>(in[at++]);
    }
    n += 2;
    if (at == in.size()) return damaged(kCut);
    const size_t distance = ((control & 31) << 8 | static_cast<size_t>(in[at++])) + 1;
    if (distance > done) return damaged("a match begins before the chunk");
    if (n > out.size() - done) return damaged(kLong);
    copy_match(out.data() + done, distance, n);
    done += n;
  }
  return {.bytes = done};
}

// To the records that the dataset is said to be made of.
Stage undo_ecf(Bytes in, Room out, Values /*values*/, Scratch& scratch) noexcept {
  const size_t n = ecf_count(in).value_or(0);
  if (n > out.size() / kEcfRecord) return damaged("it has more events than its chunk");
  constexpr size_t kEvent = sizeof(int64_t) + 2 * sizeof(int16_t) + sizeof(int8_t);
  std::byte* memory = scratch.room(kStagePiece, n * kEvent);
  if (memory == nullptr) return no_memory();
  auto* t = reinterpret_cast<int64_t*>(memory);
  auto* x = reinterpret_cast<int16_t*>(t + n);
  auto* y = x + n;
  auto* polarity = reinterpret_cast<int8_t*>(y + n);
  const EcfDecoded decoded =
      ecf_decode(in, n, {.x = x, .y = y, .t = t, .polarity = polarity, .off = 0});
  if (decoded.damage != nullptr) return damaged(decoded.damage);
  struct Record {
    int16_t x, y, polarity, zero;
    int64_t t;
  };
  static_assert(sizeof(Record) == kEcfRecord);
  for (size_t i = 0; i < n; ++i) {
    const Record record = {.x = x[i], .y = y[i], .polarity = polarity[i], .zero = 0, .t = t[i]};
    std::memcpy(out.data() + i * kEcfRecord, &record, sizeof(record));
  }
  return {.bytes = n * kEcfRecord};
}

}  // namespace evarrow::codecs
