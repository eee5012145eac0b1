// SPDX-License-Identifier: Apache-2.0
// The payload is cut into chunks that are summarized at once. The state at a cut is a guess, made
// by a decoder that starts fresh a little before it; afterwards each guess is compared with the
// state in which the chunk before it ended. Equal but for the epoch: the chunk is right once its
// times are shifted. Different: the chunk is done again from the right state, up to the block
// from which on it agrees. Formats that no guess can know are summarized chunk after chunk.
#include "scan/index.h"

#include <algorithm>

#include "evarrow/recording.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr uint64_t kMostBlocks = 32'768;      // larger recordings have larger blocks
constexpr uint64_t kChunkBlocks = 64;         // of a piece of parallel work
constexpr uint64_t kWarmUpBytes = 64 * 1024;  // decoded before a cut to guess the state there

struct Chunk {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::vector<IndexBlock> blocks;  // counts are of this chunk alone until it is joined
  Summary total;
  DecoderState end_state;
};

class Builder {
 public:
  Builder(const Format& format, const Header& header, const DecodeOptions& decode, Source& source)
      : format_(format), header_(header), decode_(decode), source_(source) {
    const uint64_t bytes = source.size() - std::min(source.size(), header.payload);
    end_ = header.payload + bytes / format.word_size * format.word_size;
    block_ = index_block_bytes(format, bytes);
  }

  std::shared_ptr<const Index> build(int threads, const Progress& progress) {
    make_chunks();
    const bool guessing = !format_.index_from_front;
    if (guessing) {
      parallel_for(
          chunks_.size(), threads, [this](size_t i) { summarize_guessed(chunks_[i]); }, progress);
    }
    auto index = std::make_shared<Index>();
    index->end = end_;
    DecoderState state = format_.make_decoder(header_, decode_)->state();
    for (Chunk& chunk : chunks_) {
      if (guessing) {
        correct(chunk, state);
      } else {
        report_progress(progress, share_before(chunk));
        summarize_from(chunk, state);
      }
      state = chunk.end_state;
      join(chunk, *index);
    }
    bound_lost(*index);
    return index;
  }

 private:
  void make_chunks() {
    const uint64_t step = block_ * kChunkBlocks;
    uint64_t begin = header_.payload;
    do {
      chunks_.push_back({.begin = begin,
                         .end = std::min(begin + step, end_),
                         .blocks = {},
                         .total = {},
                         .end_state = {}});
      begin += step;
    } while (begin < end_);
  }

  // Moves `decoder` over [begin, end), adding to `summary`.
  void summarize(Decoder& decoder, uint64_t begin, uint64_t end, Summary& summary,
                 Scratch& scratch) {
    while (begin < end) {
      const uint64_t size = std::min(unit_bytes(format_), end - begin);
      const Bytes bytes = source_.read(begin, size + format_.look_ahead, scratch);
      const Bytes own = bytes.first(std::min<size_t>(size, bytes.size()));
      if (format_.look_ahead != 0) {
        decoder.look_ahead(bytes.subspan(own.size()), begin + bytes.size() >= source_.size());
      }
      decoder.set_offset(begin);  // of rows all depends on it
      const size_t read = decoder.summarize(own, summary);
      if (read == 0) break;
      begin += read;
    }
  }

  void summarize_guessed(Chunk& chunk) {
    const auto decoder = format_.make_decoder(header_, decode_);
    Scratch scratch;
    const uint64_t needed =
        format_.counts_rows ? 0 : kWarmUpBytes / format_.word_size * format_.word_size;
    const uint64_t warm_up = std::min(chunk.begin - header_.payload, needed);
    Summary before;
    summarize(*decoder, chunk.begin - warm_up, chunk.begin, before, scratch);
    summarize_blocks(chunk, *decoder, scratch);
    source_.drop(chunk.begin, chunk.end);
  }

  void summarize_from(Chunk& chunk, const DecoderState& state) {
    const auto decoder = format_.make_decoder(header_, decode_);
    decoder->set_state(state);
    Scratch scratch;
    summarize_blocks(chunk, *decoder, scratch);
    source_.drop(chunk.begin, chunk.end);
  }

  double share_before(const Chunk& chunk) const noexcept {
    return static_cast<double>(chunk.begin) / static_cast<double>(source_.size());
  }

  void summarize_blocks(Chunk& chunk, Decoder& decoder, Scratch& scratch) {
    chunk.blocks.clear();
    chunk.total = {};
    for (uint64_t at = chunk.begin; at < chunk.end; at += block_) {
      add_block(chunk, at, decoder, scratch);
    }
    chunk.end_state = decoder.state();
  }

  void add_block(Chunk& chunk, uint64_t at, Decoder& decoder, Scratch& scratch) {
    IndexBlock block{.offset = at,
                     .event = chunk.total.events,
                     .trigger = chunk.total.triggers,
                     .state = decoder.state()};
    Summary summary;
    summarize(decoder, at, std::min(at + block_, chunk.end), summary, scratch);
    block.t_min = summary.t_min;
    block.t_max = summary.t_max;
    block.lost = summary.lost;
    chunk.blocks.push_back(block);
    chunk.total.events += summary.events;
    chunk.total.triggers += summary.triggers;
  }

  // Makes what was guessed of `chunk` true, now that the state it starts in is known.
  void correct(Chunk& chunk, const DecoderState& start) {
    if (chunk.blocks.empty() || chunk.blocks[0].state == start) return;
    Chunk right{.begin = chunk.begin, .end = chunk.end, .blocks = {}, .total = {}, .end_state = {}};
    size_t agreed = 0;
    DecoderState state = start;
    if (chunk.blocks[0].state.words != start.words) {
      const auto decoder = format_.make_decoder(header_, decode_);
      decoder->set_state(start);
      Scratch scratch;
      do {
        add_block(right, chunk.blocks[agreed].offset, *decoder, scratch);
        state = decoder->state();
        ++agreed;
      } while (agreed < chunk.blocks.size() && chunk.blocks[agreed].state.words != state.words);
    }
    append_shifted(chunk, agreed, state, right);
    chunk = std::move(right);
  }

  // Appends the blocks of `chunk` from number `first` on, which begins in `state`, to `right`.
  static void append_shifted(const Chunk& chunk, size_t first, const DecoderState& state,
                             Chunk& right) {
    right.end_state = state;
    if (first == chunk.blocks.size()) return;
    const int64_t shift = state.epoch - chunk.blocks[first].state.epoch;
    const uint64_t events = right.total.events - chunk.blocks[first].event;
    const uint64_t triggers = right.total.triggers - chunk.blocks[first].trigger;
    for (size_t i = first; i < chunk.blocks.size(); ++i) {
      IndexBlock block = chunk.blocks[i];
      block.event += events;
      block.trigger += triggers;
      block.state.epoch += shift;
      if (block.t_min <= block.t_max) {
        block.t_min += shift;
        block.t_max += shift;
      }
      right.blocks.push_back(block);
    }
    right.total.events = chunk.total.events + events;
    right.total.triggers = chunk.total.triggers + triggers;
    right.end_state = chunk.end_state;
    right.end_state.epoch += shift;
  }

  static void join(const Chunk& chunk, Index& index) {
    for (IndexBlock block : chunk.blocks) {
      block.event += index.events;
      block.trigger += index.triggers;
      index.t_min = std::min(index.t_min, block.t_min);
      index.t_max = std::max(index.t_max, block.t_max);
      index.lost += block.lost;
      index.blocks.push_back(block);
    }
    index.events += chunk.total.events;
    index.triggers += chunk.total.triggers;
  }

  const Format& format_;
  const Header& header_;
  const DecodeOptions& decode_;
  Source& source_;
  uint64_t end_ = 0;    // behind the last whole word
  uint64_t block_ = 0;  // bytes of a block
  std::vector<Chunk> chunks_;
};

}  // namespace

void bound_lost(Index& index) noexcept {
  if (index.lost == 0) return;
  const auto has_events = [](const IndexBlock& block) { return block.t_min <= block.t_max; };
  int64_t before = INT64_MIN;  // the greatest time of the last block that has events
  auto after = index.blocks.begin();
  for (auto block = index.blocks.begin(); block != index.blocks.end(); ++block) {
    const int64_t own = has_events(*block) ? block->t_max : before;
    if (block->lost != 0) {
      after = std::find_if(std::max(after, block + 1), index.blocks.end(), has_events);
      const int64_t behind = after == index.blocks.end() ? INT64_MAX : after->t_min;
      const int64_t first = moved(before, -kSortHorizonUs);
      const int64_t last = moved(behind, kSortHorizonUs);
      // The clock was reset in between: nothing bounds them.
      const bool unknown = first > last;
      block->t_min = unknown ? INT64_MIN : std::min(block->t_min, first);
      block->t_max = unknown ? INT64_MAX : std::max(block->t_max, last);
    }
    before = own;
  }
}

uint64_t index_block_bytes(const Format& format, uint64_t bytes) noexcept {
  uint64_t block = unit_bytes(format);
  while (bytes / block >= kMostBlocks) block *= 2;
  return block;
}

std::shared_ptr<const Index> make_row_index(const Format& format, uint64_t rows,
                                            std::span<const RowTimes> times) {
  auto index = std::make_shared<Index>();
  const uint64_t unit = unit_bytes(format);
  size_t first = 0;  // of `times`, that reaches into the block
  for (uint64_t row = 0; row < rows; row += unit) {
    IndexBlock block = {.offset = row, .event = row, .state = {}};
    if (times.empty()) {
      block.t_min = INT64_MIN;
      block.t_max = INT64_MAX;
    }
    while (first + 1 < times.size() && times[first + 1].row <= row) ++first;
    for (size_t i = first; i < times.size() && times[i].row < row + unit; ++i) {
      block.t_min = std::min(block.t_min, times[i].first);
      block.t_max = std::max(block.t_max, times[i].last);
    }
    index->t_min = std::min(index->t_min, block.t_min);
    index->t_max = std::max(index->t_max, block.t_max);
    index->blocks.push_back(block);
  }
  index->end = index->events = rows;
  return index;
}

std::shared_ptr<const Index> build_index(const Format& format, const Header& header,
                                         const DecodeOptions& decode, Source& source, int threads,
                                         const Progress& progress) {
  return Builder(format, header, decode, source).build(threads, progress);
}

}  // namespace evarrow
