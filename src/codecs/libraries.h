// SPDX-License-Identifier: Apache-2.0
// The compression libraries that this build has; cmake/FindCodecs.cmake finds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "evarrow/event.h"

namespace evarrow::codecs {

inline constexpr bool kHasBlosc = EVARROW_HAS_BLOSC;
inline constexpr bool kHasLz4 = EVARROW_HAS_LZ4;
inline constexpr bool kHasZlib = EVARROW_HAS_ZLIB;
inline constexpr bool kHasZstd = EVARROW_HAS_ZSTD;

// Of what follows: the data is not what it should be, or there is too much of it.
inline constexpr size_t kBroken = SIZE_MAX;

// Each decompresses all of `in` and returns how many bytes it wrote to `out`, or kBroken. Without
// its library it is kBroken, always.
size_t decompress_zlib(Bytes in, std::span<std::byte> out) noexcept;
size_t decompress_zstd(void* context, Bytes in, std::span<std::byte> out) noexcept;
size_t decompress_lz4(Bytes in, std::span<std::byte> out) noexcept;  // one block
// The same, where the block may refer to the `before` bytes in front of `out`.
size_t decompress_lz4_behind(Bytes in, std::span<std::byte> out, size_t before) noexcept;
size_t decompress_blosc(Bytes in, std::span<std::byte> out) noexcept;

// Compresses all of `in`, values of `width` bytes whose bytes of equal weight are put together
// first, to `out`, which has room for that and kMostBloscGrowth bytes. `compressor`: "zstd", "lz4";
// `level`: 1 to 9. Returns how many bytes it wrote, or kBroken.
size_t compress_blosc(const char* compressor, int level, size_t width, Bytes in,
                      std::span<std::byte> out) noexcept;
inline constexpr size_t kMostBloscGrowth = 16;

// Each decompresses of the front of `in`, which may be cut off, what there is room for in `out`.
size_t begin_lz4(Bytes in, std::span<std::byte> out) noexcept;  // one block
size_t begin_zstd(void* context, Bytes in, std::span<std::byte> out) noexcept;

// Null if there is no memory. It may be used for any number of frames, one after the other.
void* make_zstd_context() noexcept;
void free_zstd_context(void* context) noexcept;

// Each compresses all of `in` and returns how many bytes it wrote to `out`, or kBroken where that
// does not suffice. Levels are those of the libraries; for LZ4, 0 is its fast compressor.
size_t compress_lz4(Bytes in, std::span<std::byte> out, int level) noexcept;  // one block
size_t compress_zstd(void* packer, Bytes in, std::span<std::byte> out, int level) noexcept;

// As the contexts above, for compressing.
void* make_zstd_packer() noexcept;
void free_zstd_packer(void* packer) noexcept;

}  // namespace evarrow::codecs
