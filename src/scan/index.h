// SPDX-License-Identifier: Apache-2.0
// From time to place: where in a recording decoding can start, and what lies there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "evarrow/chunk_plan.h"
#include "evarrow/format.h"
#include "evarrow/recording.h"
#include "io/source.h"

namespace evarrow {

// Faults are judged, and the index is cut, at multiples of this many bytes, or of the whole words
// in them, from the payload's start, so that no result depends on how a pass is cut into batches or
// pieces.
inline constexpr uint64_t kUnitBytes = 64 * 1024;

// The same in whole words of a format.
inline uint64_t unit_bytes(const Format& format) noexcept {
  constexpr uint64_t kUnitRows = 16 * 1024;
  if (format.counts_rows) return kUnitRows;
  return kUnitBytes / format.word_size * format.word_size;
}

// A time and a distance, or the farthest time that there is.
inline int64_t moved(int64_t t, int64_t by) noexcept {
  int64_t sum = 0;
  if (!__builtin_add_overflow(t, by, &sum)) return sum;
  return by > 0 ? INT64_MAX : INT64_MIN;
}

struct IndexBlock {
  uint64_t offset = 0;        // byte offset in the file of its first word
  uint64_t event = 0;         // events before it
  uint64_t trigger = 0;       // triggers before it
  int64_t t_min = INT64_MAX;  // least and greatest time of its events, in no assumed order;
  int64_t t_max = INT64_MIN;  // t_min > t_max: it has none
  // Of its rows or records those that cannot be decoded, or whose times are no numbers. The times
  // above are then those of its events and all that the lost ones can have had.
  uint64_t lost = 0;
  DecoderState state = {};  // at its first word
};

class Index {
 public:
  std::vector<IndexBlock> blocks;  // in file order, without gaps; none if there is no word
  uint64_t end = 0;                // byte offset behind the last whole word
  uint64_t events = 0;
  uint64_t triggers = 0;
  int64_t t_min = INT64_MAX;  // over all events
  int64_t t_max = INT64_MIN;
  uint64_t lost = 0;  // in all blocks
  // Set once a complete pass has seen every event and no step back in time.
  mutable std::atomic<bool> in_order{false};
  // Set once a query by several threads has met a step back: the next need not try.
  mutable std::atomic<bool> disordered{false};

  uint64_t end_of(size_t block) const noexcept {
    return block + 1 < blocks.size() ? blocks[block + 1].offset : end;
  }
  uint64_t events_of(size_t block) const noexcept {
    return (block + 1 < blocks.size() ? blocks[block + 1].event : events) - blocks[block].event;
  }
  uint64_t triggers_of(size_t block) const noexcept {
    return (block + 1 < blocks.size() ? blocks[block + 1].trigger : triggers) -
           blocks[block].trigger;
  }
};

// Says of blocks with lost rows between which times those can have been: their neighbours' times
// bound them, by as much as sorting repairs. `index` has the times of the events that are not lost.
void bound_lost(Index& index) noexcept;

// Of a block of the index of a payload of so many bytes.
uint64_t index_block_bytes(const Format& format, uint64_t bytes) noexcept;

// An index of rows by their number, of a format whose positions they are. Their times are as
// `times` says, on the sensor's clock; without it they are not known.
std::shared_ptr<const Index> make_row_index(const Format& format, uint64_t rows,
                                            std::span<const RowTimes> times = {});

// Makes the index in one pass over the payload, on `threads` threads. The result does not depend
// on their number.
std::shared_ptr<const Index> build_index(const Format& format, const Header& header,
                                         const DecodeOptions& decode, Source& source, int threads,
                                         const Progress& progress);

}  // namespace evarrow
