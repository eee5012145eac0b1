// SPDX-License-Identifier: Apache-2.0
// ECF, the codec of Prophesee's HDF5 files: a chunk of events as one block. README.md has the
// layout.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "evarrow/event.h"

namespace evarrow::codecs {

// Numbers are copied from the block and into it as they stand there.
static_assert(std::endian::native == std::endian::little);

inline constexpr size_t kMostEcfEvents = 65'535;  // of a block

// How the places and polarities of a block are stored. Any block can be stored in each.
enum class EcfMode : uint8_t {
  kRuns = 0,       // runs of y, short steps of x, runs of polarity
  kPackedX = 1,    // runs of y; x and polarity in 12 bits
  kPackedAll = 2,  // x, y and polarity in 24 bits
};

// Where the events of a block go. Null: a column that is not wanted.
struct EcfColumns {
  int16_t* x = nullptr;
  int16_t* y = nullptr;
  int64_t* t = nullptr;  // microseconds, as stored
  int8_t* polarity = nullptr;
  int8_t off = -1;  // the polarity of an OFF event: -1, or 0 for binary polarity
};

struct EcfDecoded {
  size_t events = 0;             // of the block; in the columns if there is no damage
  size_t bytes = 0;              // read
  const char* damage = nullptr;  // what is wrong with the block; null: it is sound
};

// How many events a block has; none if it cannot be a block.
std::optional<size_t> ecf_count(Bytes block) noexcept;

// Decodes a block into columns with room for `room` events; no more is ever written. A damaged
// block leaves any values there. The verdict does not depend on the columns that are wanted.
EcfDecoded ecf_decode(Bytes block, size_t room, const EcfColumns& out) noexcept;

struct EcfEvents {
  const int16_t* x;  // 0 to 2047, as y
  const int16_t* y;
  const int64_t* t;        // microseconds, not decreasing
  const int8_t* polarity;  // 1, or 0 or -1 for OFF
};

enum class EcfMisfit : uint8_t { kNone, kTooMany, kX, kY, kPolarity, kTimeDecreases };

struct EcfEncoded {
  size_t bytes = 0;  // written
  EcfMisfit misfit = EcfMisfit::kNone;
  size_t row = 0;  // of the misfit, the first one
};

// The mode that the vendor's encoder chooses for these events.
EcfMode ecf_mode(const EcfEvents& events, size_t n) noexcept;

// The most bytes that `n` events can take.
constexpr size_t ecf_bound(size_t n) noexcept {
  // Times: up to 16 bytes of difference, an entry, a count. Places: 5 bytes an event, or 3 in whole
  // groups. Of the counts behind an entry there is one for many events.
  return 12 + n * (16 + 1 + 5) + 3 * 2 + 12;
}

// Writes a block of `n` events to `out`, which has room for ecf_bound(n) bytes. If one of them
// cannot be held, nothing is to be used of what was written.
EcfEncoded ecf_encode(const EcfEvents& events, size_t n, EcfMode mode, std::byte* out) noexcept;

}  // namespace evarrow::codecs
