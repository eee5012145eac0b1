// SPDX-License-Identifier: Apache-2.0
#include "codecs/libraries.h"

#include <climits>

// The archive that brings the libraries has no headers for most of them, and these few functions
// have not changed in ten years.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
int uncompress(unsigned char* out, unsigned long* out_bytes, const unsigned char* in,
               unsigned long in_bytes);
void* ZSTD_createDCtx();
size_t ZSTD_freeDCtx(void* context);
size_t ZSTD_decompressDCtx(void* context, void* out, size_t out_bytes, const void* in,
                           size_t in_bytes);
unsigned ZSTD_isError(size_t code);
struct ZSTD_inBuffer {
  const void* bytes;
  size_t size;
  size_t at;
};
struct ZSTD_outBuffer {
  void* bytes;
  size_t size;
  size_t at;
};
size_t ZSTD_initDStream(void* context);
size_t ZSTD_decompressStream(void* context, ZSTD_outBuffer* out, ZSTD_inBuffer* in);
int LZ4_decompress_safe(const char* in, char* out, int in_bytes, int out_bytes);
int LZ4_decompress_safe_usingDict(const char* in, char* out, int in_bytes, int out_bytes,
                                  const char* before, int before_bytes);
int LZ4_decompress_safe_partial(const char* in, char* out, int in_bytes, int wanted_bytes,
                                int out_bytes);
int LZ4_compress_default(const char* in, char* out, int in_bytes, int out_bytes);
int LZ4_compress_HC(const char* in, char* out, int in_bytes, int out_bytes, int level);
void* ZSTD_createCCtx();
size_t ZSTD_freeCCtx(void* context);
size_t ZSTD_compressCCtx(void* context, void* out, size_t out_bytes, const void* in,
                         size_t in_bytes, int level);
int blosc_cbuffer_validate(const void* in, size_t in_bytes, size_t* out_bytes);
int blosc_decompress_ctx(const void* in, void* out, size_t out_bytes, int threads);
int blosc_compress_ctx(int level, int shuffle, size_t width, size_t in_bytes, const void* in,
                       void* out, size_t out_bytes, const char* compressor, size_t block_bytes,
                       int threads);
}
// NOLINTEND(readability-identifier-naming)

namespace evarrow::codecs {

size_t decompress_zlib(Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasZlib) {
    auto bytes = static_cast<unsigned long>(out.size());
    const int code = uncompress(reinterpret_cast<unsigned char*>(out.data()), &bytes,
                                reinterpret_cast<const unsigned char*>(in.data()),
                                static_cast<unsigned long>(in.size()));
    return code == 0 ? bytes : kBroken;
  } else {
    return kBroken;
  }
}

size_t decompress_zstd(void* context, Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasZstd) {
    const size_t bytes = ZSTD_decompressDCtx(context, out.data(), out.size(), in.data(), in.size());
    return ZSTD_isError(bytes) == 0 ? bytes : kBroken;
  } else {
    return kBroken;
  }
}

void* make_zstd_context() noexcept {
  if constexpr (kHasZstd) {
    return ZSTD_createDCtx();
  } else {
    return nullptr;
  }
}

void free_zstd_context(void* context) noexcept {
  if constexpr (kHasZstd) ZSTD_freeDCtx(context);
}

size_t decompress_lz4(Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasLz4) {
    if (in.size() > INT_MAX || out.size() > INT_MAX) return kBroken;
    const int bytes = LZ4_decompress_safe(
        reinterpret_cast<const char*>(in.data()), reinterpret_cast<char*>(out.data()),
        static_cast<int>(in.size()), static_cast<int>(out.size()));
    return bytes < 0 ? kBroken : static_cast<size_t>(bytes);
  } else {
    return kBroken;
  }
}

size_t decompress_lz4_behind(Bytes in, std::span<std::byte> out, size_t before) noexcept {
  if constexpr (kHasLz4) {
    constexpr size_t kReach = 65'536;  // bytes back that a block can refer to
    if (in.size() > INT_MAX || out.size() > INT_MAX) return kBroken;
    const size_t reach = before < kReach ? before : kReach;
    auto* to = reinterpret_cast<char*>(out.data());
    const int bytes = LZ4_decompress_safe_usingDict(
        reinterpret_cast<const char*>(in.data()), to, static_cast<int>(in.size()),
        static_cast<int>(out.size()), to - reach, static_cast<int>(reach));
    return bytes < 0 ? kBroken : static_cast<size_t>(bytes);
  } else {
    return kBroken;
  }
}

size_t begin_lz4(Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasLz4) {
    if (in.size() > INT_MAX || out.size() > INT_MAX) return kBroken;
    const int bytes = LZ4_decompress_safe_partial(
        reinterpret_cast<const char*>(in.data()), reinterpret_cast<char*>(out.data()),
        static_cast<int>(in.size()), static_cast<int>(out.size()), static_cast<int>(out.size()));
    return bytes < 0 ? kBroken : static_cast<size_t>(bytes);
  } else {
    return kBroken;
  }
}

size_t begin_zstd(void* context, Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasZstd) {
    ZSTD_inBuffer from = {.bytes = in.data(), .size = in.size(), .at = 0};
    ZSTD_outBuffer to = {.bytes = out.data(), .size = out.size(), .at = 0};
    if (ZSTD_isError(ZSTD_initDStream(context)) != 0) return kBroken;
    // A call reads to the end of a block, or fills the room.
    while (to.at < to.size && from.at < from.size) {
      const size_t before = from.at + to.at;
      const size_t code = ZSTD_decompressStream(context, &to, &from);
      if (ZSTD_isError(code) != 0) return kBroken;
      if (code == 0 || from.at + to.at == before) break;
    }
    return to.at;
  } else {
    return kBroken;
  }
}

size_t decompress_blosc(Bytes in, std::span<std::byte> out) noexcept {
  if constexpr (kHasBlosc) {
    // The library is safe with bytes that it has validated, and only with those.
    size_t bytes = 0;
    if (blosc_cbuffer_validate(in.data(), in.size(), &bytes) != 0) return kBroken;
    if (bytes > out.size()) return kBroken;
    // In a context of its own: no state is shared, and no threads are made.
    const int written = blosc_decompress_ctx(in.data(), out.data(), out.size(), 1);
    return written < 0 ? kBroken : static_cast<size_t>(written);
  } else {
    return kBroken;
  }
}

size_t compress_blosc(const char* compressor, int level, size_t width, Bytes in,
                      std::span<std::byte> out) noexcept {
  if constexpr (kHasBlosc) {
    constexpr int kShuffleBytes = 1;
    const int written = blosc_compress_ctx(level, kShuffleBytes, width, in.size(), in.data(),
                                           out.data(), out.size(), compressor, 0, 1);
    return written <= 0 ? kBroken : static_cast<size_t>(written);
  } else {
    return kBroken;
  }
}

size_t compress_lz4(Bytes in, std::span<std::byte> out, int level) noexcept {
  if constexpr (kHasLz4) {
    if (in.size() > INT_MAX || out.size() > INT_MAX) return kBroken;
    const auto* from = reinterpret_cast<const char*>(in.data());
    auto* to = reinterpret_cast<char*>(out.data());
    const auto in_bytes = static_cast<int>(in.size());
    const auto out_bytes = static_cast<int>(out.size());
    const int bytes = level == 0 ? LZ4_compress_default(from, to, in_bytes, out_bytes)
                                 : LZ4_compress_HC(from, to, in_bytes, out_bytes, level);
    return bytes <= 0 ? kBroken : static_cast<size_t>(bytes);
  } else {
    return kBroken;
  }
}

size_t compress_zstd(void* packer, Bytes in, std::span<std::byte> out, int level) noexcept {
  if constexpr (kHasZstd) {
    const size_t bytes =
        ZSTD_compressCCtx(packer, out.data(), out.size(), in.data(), in.size(), level);
    return ZSTD_isError(bytes) == 0 ? bytes : kBroken;
  } else {
    return kBroken;
  }
}

void* make_zstd_packer() noexcept {
  if constexpr (kHasZstd) {
    return ZSTD_createCCtx();
  } else {
    return nullptr;
  }
}

void free_zstd_packer(void* packer) noexcept {
  if constexpr (kHasZstd) ZSTD_freeCCtx(packer);
}

}  // namespace evarrow::codecs
