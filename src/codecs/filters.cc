// SPDX-License-Identifier: Apache-2.0
#include "codecs/filters.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <new>
#include <optional>

#include "codecs/dv_packet.h"
#include "codecs/frames.h"
#include "codecs/libraries.h"
#include "codecs/stages.h"

namespace evarrow::codecs {
namespace {

constexpr const char* kNoBlosc =
    "this evarrow was built without blosc: install libblosc-dev, or the package blosc of its "
    "Python, and build it again";
constexpr const char* kNoLz4 =
    "this evarrow was built without LZ4: install liblz4-dev, or the package blosc of its Python, "
    "and build it again";
constexpr const char* kNoZlib =
    "this evarrow was built without zlib: install zlib1g-dev, or the package blosc of its Python, "
    "and build it again";
constexpr const char* kNoZstd =
    "this evarrow was built without zstd: install libzstd-dev, or the package blosc of its Python, "
    "and build it again";

struct Known {
  uint32_t id;
  const char* name;
  Undo undo;            // null: it cannot be undone, or, of fletcher32, it only has to be checked
  const char* missing;  // why it cannot be undone in this build, or null
};

constexpr const char* kNever = "evarrow cannot undo this filter";

Stage undo_frames(Bytes in, Room out, Values /*values*/, Scratch& /*scratch*/) noexcept {
  return undo_lz4_frame(in, out);
}

// https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md
constexpr Known kKnown[] = {
    {kDeflate, "deflate", undo_deflate, kHasZlib ? nullptr : kNoZlib},
    {kShuffle, "shuffle", undo_shuffle, nullptr},
    {kFletcher32, "fletcher32", nullptr, nullptr},
    {4, "szip", nullptr, kNever},
    {5, "nbit", nullptr, kNever},
    {6, "scaleoffset", nullptr, kNever},
    {307, "bzip2", nullptr, kNever},
    {kLzf, "lzf", undo_lzf, nullptr},
    {kBlosc, "blosc", undo_blosc, kHasBlosc ? nullptr : kNoBlosc},
    {32003, "snappy", nullptr, kNever},
    {kLz4, "lz4", undo_lz4, kHasLz4 ? nullptr : kNoLz4},
    {kBitshuffle, "bitshuffle", undo_bitshuffle, nullptr},
    {32013, "zfp", nullptr, kNever},
    {kZstd, "zstd", undo_zstd, kHasZstd ? nullptr : kNoZstd},
    {32017, "sz", nullptr, kNever},
    {32026, "blosc2", nullptr, kNever},
    {kEcf, "ECF", undo_ecf, nullptr},
    {kDvEvents, "AEDAT 4", undo_dv_events, nullptr},
    {kDvImu, "AEDAT 4", undo_dv_imu, nullptr},
    {kDvFrame, "AEDAT 4", undo_dv_frame, nullptr},
    {kLz4Frame, "LZ4 frame", undo_frames, kHasLz4 ? nullptr : kNoLz4},
    {kZstdFrame, "zstd frame", undo_zstd, kHasZstd ? nullptr : kNoZstd},
};

constexpr bool is_dv_packet(uint32_t id) noexcept {
  return id == kDvEvents || id == kDvImu || id == kDvFrame;
}

const Known* find(uint32_t id) noexcept {
  const auto* known = std::ranges::find(kKnown, id, &Known::id);
  return known == std::end(kKnown) ? nullptr : known;
}

uint32_t bit_compressor(const Filter& filter) noexcept {
  return filter.values.size() > 4 ? filter.values[4] : 0U;
}

// What a filter does to the size of a chunk when it is written; none: that depends on the data.
std::optional<size_t> bytes_added(const Filter& filter) noexcept {
  if (filter.id == kFletcher32) return sizeof(uint32_t);
  const bool is_size_kept =
      filter.id == kShuffle || (filter.id == kBitshuffle && bit_compressor(filter) == 0);
  return is_size_kept ? std::optional<size_t>(0) : std::nullopt;
}

using Active = std::span<const Filter* const>;

// The size of a chunk behind its first filters; none: one of them compresses.
std::optional<size_t> size_behind(Active filters, size_t size) noexcept {
  for (const Filter* filter : filters) {
    const std::optional<size_t> added = bytes_added(*filter);
    if (!added) return std::nullopt;
    size += *added;
  }
  return size;
}

// Room for what one compressor makes for another one to compress: it may become larger, not much.
constexpr size_t compressed_bound(size_t size) { return size + size / 2 + 65'536; }

Undone failed(Outcome outcome, uint32_t filter, const char* why) noexcept {
  return {.bytes = {}, .outcome = outcome, .filter = filter, .why = why};
}

Stage check_fletcher32(Bytes bytes) noexcept {
  uint32_t stored;
  if (bytes.size() < sizeof(stored)) return damaged("it ends within its checksum");
  const Bytes front = bytes.first(bytes.size() - sizeof(stored));
  std::memcpy(&stored, bytes.data() + front.size(), sizeof(stored));
  const uint32_t sum = fletcher32(front);
  // HDF5 before 1.6.3 swapped the bytes of both halves.
  const uint32_t swapped = (sum & 0x00FF'00FF) << 8 | (sum >> 8 & 0x00FF'00FF);
  if (stored != sum && stored != swapped) return damaged("its checksum is wrong");
  return {.bytes = front.size()};
}

constexpr const char* kOtherSize = "it is not as long as its chunk";

}  // namespace

const char* filter_name(uint32_t id) noexcept {
  const Known* known = find(id);
  return known == nullptr ? "unknown" : known->name;
}

const char* why_unsupported(const Filter& filter) noexcept {
  const Known* known = find(filter.id);
  if (known == nullptr) return kNever;
  if (is_dv_packet(filter.id) && !filter.values.empty()) {
    return why_unsupported(static_cast<DvCompression>(filter.values[0]));
  }
  if (filter.id != kBitshuffle) return known->missing;
  if (filter.values.size() < 3) return "its values do not say how wide the values of a chunk are";
  switch (bit_compressor(filter)) {
    case 0:
      return nullptr;
    case 2:
      return kHasLz4 ? nullptr : kNoLz4;
    case 3:
      return kHasZstd ? nullptr : kNoZstd;
    default:
      return "its compressor is none that evarrow knows";
  }
}

std::byte* Scratch::room(size_t number, size_t bytes) noexcept {
  Piece& piece = pieces_[number];
  if (piece.memory == nullptr || piece.bytes < bytes) {
    piece.memory.reset(new (std::nothrow) std::byte[std::max<size_t>(bytes, 1)]);
    piece.bytes = piece.memory == nullptr ? 0 : bytes;
  }
  return piece.memory.get();
}

void* Scratch::zstd_context() noexcept {
  if (zstd_context_ == nullptr) zstd_context_.reset(make_zstd_context());
  return zstd_context_.get();
}

void Scratch::FreeContext::operator()(void* context) const noexcept { free_zstd_context(context); }

Undone undo_filters(std::span<const Filter> filters, uint32_t skipped, Bytes chunk, Room out,
                    Scratch& scratch) noexcept {
  constexpr size_t kMostFilters = 32;  // a bit of the mask each
  if (filters.size() > kMostFilters) {
    return failed(Outcome::kUnsupported, filters[kMostFilters].id, "there are too many filters");
  }
  if (out.empty()) return failed(Outcome::kDamaged, 0, "its chunk has no bytes");
  std::array<const Filter*, kMostFilters> active;
  size_t n = 0;
  for (size_t i = 0; i < filters.size(); ++i) {
    if ((skipped >> i & 1) == 0) active[n++] = &filters[i];
  }
  Bytes bytes = chunk;
  size_t piece = 0;
  for (size_t i = n; i-- > 0;) {
    const Filter& filter = *active[i];
    if (const char* why = why_unsupported(filter)) {
      return failed(Outcome::kUnsupported, filter.id, why);
    }
    const std::optional<size_t> want = size_behind({active.data(), i}, out.size());
    Stage stage;
    if (filter.id == kFletcher32) {
      stage = check_fletcher32(bytes);
      bytes = bytes.first(stage.bytes);
    } else {
      // The first filter was the last to be undone, and its bytes are what is wanted.
      const size_t size = want.value_or(compressed_bound(out.size()));
      const Room room = i == 0 ? out : Room(scratch.room(piece, size), size);
      if (room.data() == nullptr) return failed(Outcome::kNoMemory, filter.id, kNoMemory);
      stage = find(filter.id)->undo(bytes, room, filter.values, scratch);
      bytes = stage.at == nullptr ? Bytes(room.first(stage.bytes)) : Bytes(stage.at, stage.bytes);
      piece = 1 - piece;
    }
    if (stage.outcome != Outcome::kDone) return failed(stage.outcome, filter.id, stage.why);
    const bool may_be_short = (filter.id == kEcf || is_dv_packet(filter.id)) && i == 0;
    if (want && bytes.size() != *want && !may_be_short) {
      return failed(Outcome::kDamaged, filter.id, kOtherSize);
    }
  }
  if (n == 0 && bytes.size() != out.size()) return failed(Outcome::kDamaged, 0, kOtherSize);
  return {.bytes = bytes};
}

}  // namespace evarrow::codecs
