// SPDX-License-Identifier: Apache-2.0
// What undoes each filter. All of them write no more than `out` has room for and trust no number
// in `in`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/filters.h"

namespace evarrow::codecs {

using Room = std::span<std::byte>;
using Values = std::span<const uint32_t>;

// How much was written, or why it could not be, in one sentence.
struct Stage {
  size_t bytes = 0;
  Outcome outcome = Outcome::kDone;
  const char* why = "";
  const std::byte* at = nullptr;  // where it lies if it is not in `out` but where the stage put it
};

inline constexpr const char* kNoMemory = "there is not enough memory";
constexpr Stage no_memory() { return {.outcome = Outcome::kNoMemory, .why = kNoMemory}; }
constexpr Stage damaged(const char* why) { return {.outcome = Outcome::kDamaged, .why = why}; }

// How `out` is filled: the values of the filter, and memory beside that of `in` and `out`.
using Undo = Stage (*)(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

Stage undo_shuffle(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_bitshuffle(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_lzf(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_deflate(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_zstd(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_lz4(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_blosc(Bytes in, Room out, Values values, Scratch& scratch) noexcept;
Stage undo_ecf(Bytes in, Room out, Values values, Scratch& scratch) noexcept;

// The checksum that HDF5 puts behind a chunk.
uint32_t fletcher32(Bytes bytes) noexcept;

// Piece of the scratch memory for the stages themselves; the pipeline has those before it.
inline constexpr size_t kStagePiece = 2;

// Numbers of the framings. There must be as many bytes.
inline uint32_t big_endian_32(const std::byte* bytes) noexcept {
  uint32_t value = 0;
  for (size_t i = 0; i < sizeof(value); ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}
inline uint64_t big_endian_64(const std::byte* bytes) noexcept {
  return static_cast<uint64_t>(big_endian_32(bytes)) << 32 | big_endian_32(bytes + 4);
}

}  // namespace evarrow::codecs
