// SPDX-License-Identifier: Apache-2.0
// The filters of an HDF5 dataset, undone for a chunk at a time and without the HDF5 library.
// README.md lists them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "evarrow/event.h"

namespace evarrow::codecs {

// The numbers under which HDF5 knows the filters that can be undone.
enum FilterId : uint32_t {
  kDeflate = 1,
  kShuffle = 2,
  kFletcher32 = 3,
  kLzf = 32000,
  kBlosc = 32001,
  kLz4 = 32004,
  kBitshuffle = 32008,
  kZstd = 32015,
  kEcf = 0x8ECF,
  // No HDF5 file can ask for these, whose chunks have as many bytes as each of them says.
  kDvEvents = 0x1'0000,   // a packet of AEDAT 4
  kLz4Frame = 0x1'0001,   // chunks of bags and of MCAP
  kZstdFrame = 0x1'0002,  // the same
  kDvImu = 0x1'0003,      // a packet of AEDAT 4
  kDvFrame = 0x1'0004,    // the same
};

// One filter as a dataset lists it, with the values that it was set up with.
struct Filter {
  uint32_t id = 0;
  std::vector<uint32_t> values;
};

// What a filter is called, also if it cannot be undone; "unknown" if it has no name here.
const char* filter_name(uint32_t id) noexcept;

// Why no chunk with this filter can be decoded, in one sentence; null: it can be.
const char* why_unsupported(const Filter& filter) noexcept;

// Memory that is used for one chunk after the other: one of these for each thread. It grows to
// what the largest chunk needs.
class Scratch {
 public:
  // Null if there is no memory; what was there is lost when it has to grow.
  std::byte* room(size_t piece, size_t bytes) noexcept;
  // What zstd works with; making it takes as long as decompressing some KiB. Null as above.
  void* zstd_context() noexcept;

 private:
  struct FreeContext {
    void operator()(void* context) const noexcept;
  };
  struct Piece {
    std::unique_ptr<std::byte[]> memory;
    size_t bytes = 0;
  };
  std::array<Piece, 3> pieces_;
  std::unique_ptr<void, FreeContext> zstd_context_;
};

enum class Outcome : uint8_t { kDone, kDamaged, kUnsupported, kNoMemory };

struct Undone {
  Bytes bytes;  // in `out`; or in the chunk or the scratch memory if that saves a copy
  Outcome outcome = Outcome::kDone;
  uint32_t filter = 0;   // if not kDone: the one that could not be undone; 0: none, it is the chunk
  const char* why = "";  // and the reason, in one sentence
};

// Undoes the filters of a chunk, last one first, but for those whose bit is set in `skipped`
// (HDF5's filter mask). `out` is as long as the chunk was before its filters, and so is what comes
// out, but for ECF: a block holds no more than its events, which become records of kEcfRecord
// bytes (ecf_decode makes columns of them instead). Whatever the chunk says, nothing past `out` is
// written, and no more than six times its length, and a constant, is allocated.
Undone undo_filters(std::span<const Filter> filters, uint32_t skipped, Bytes chunk,
                    std::span<std::byte> out, Scratch& scratch) noexcept;

// u16 x | u16 y | i16 polarity, 0 or 1 | 16 bits of 0 | i64 time
inline constexpr size_t kEcfRecord = 16;

}  // namespace evarrow::codecs
