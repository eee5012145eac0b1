// SPDX-License-Identifier: Apache-2.0
#include "evarrow/chunk_encoder.h"

#include <algorithm>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "formats/encoding.h"
#include "formats/hdf5/chunk_maker.h"
#include "formats/hdf5/period_starts.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr size_t kRowsAtOnce = 1 << 19;  // that wait to become chunks, some for each thread

std::unique_ptr<hdf5::ChunkMaker> make_maker(const ChunkOptions& options) {
  if (options.rows == 0) throw Error(ErrorCode::kArgument, "a chunk has at least one row");
  if (options.period <= 0) throw Error(ErrorCode::kArgument, "a period has at least 1 us");
  if (options.layout == "dsec") return hdf5::make_dsec_maker(options);
  if (options.layout == "prophesee-hdf5") return hdf5::make_prophesee_maker(options);
  throw Error(ErrorCode::kArgument, "there are no chunks of the layout '" + options.layout + "'");
}

}  // namespace

struct ChunkEncoder::State {
  explicit State(const ChunkOptions& asked)
      : options(asked),
        threads(thread_count(asked.threads)),
        maker(make_maker(asked)),
        starts(asked.period),
        waiting(std::max<size_t>(kRowsAtOnce / asked.rows, 1) * asked.rows) {}

  void put_waiting(const Put& put) {
    const size_t rows = waiting.size();
    const size_t datasets = maker->datasets();
    const size_t count = (rows + options.rows - 1) / options.rows * datasets;
    made.resize(std::max(made.size(), count));
    parallel_for(count, threads, [&](size_t i) {
      const size_t begin = i / datasets * options.rows;
      const EventBatch piece(waiting.slice(begin, std::min(options.rows, rows - begin)));
      maker->make(static_cast<uint32_t>(i % datasets), piece, made[i]);
    });
    for (size_t i = 0; i < count; ++i) {
      put({.dataset = static_cast<uint32_t>(i % datasets),
           .row = put_rows + i / datasets * options.rows,
           .skipped = made[i].skipped,
           .bytes = made[i].bytes});
    }
    put_rows += rows;
    waiting.resize(0);
  }

  ChunkOptions options;
  int threads;
  std::unique_ptr<hdf5::ChunkMaker> maker;
  hdf5::PeriodStarts starts;
  EventBatch waiting;
  std::vector<hdf5::MadeChunk> made;
  uint64_t put_rows = 0;
};

ChunkEncoder::ChunkEncoder(const ChunkOptions& options)
    : state_(std::make_unique<State>(options)) {}
ChunkEncoder::~ChunkEncoder() = default;
ChunkEncoder::ChunkEncoder(ChunkEncoder&&) noexcept = default;
ChunkEncoder& ChunkEncoder::operator=(ChunkEncoder&&) noexcept = default;

void ChunkEncoder::encode(const EventBatch& events_in, const Put& put) {
  state_->maker->check(events_in, events());
  state_->starts.add(events_in, events());
  EventBatch& waiting = state_->waiting;
  for (size_t row = 0; row < events_in.size();) {
    const size_t n = std::min(waiting.room(), events_in.size() - row);
    waiting.copy_rows(waiting.size(), events_in, row, n);
    waiting.resize(waiting.size() + n);
    row += n;
    if (waiting.room() == 0) state_->put_waiting(put);
  }
}

void ChunkEncoder::finish(const Put& put) { state_->put_waiting(put); }

std::vector<PeriodStart> ChunkEncoder::take_starts() { return state_->starts.take(); }

uint64_t ChunkEncoder::events() const noexcept { return state_->put_rows + state_->waiting.size(); }

int64_t ChunkEncoder::time_offset() const noexcept { return state_->maker->time_offset(); }

namespace hdf5 {

void check_pixels(const EventBatch& events, uint64_t before, const char* layout) {
  int least = 0;
  int most_polarity = 0;
  int least_polarity = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    least = std::min({least, int{events.x()[i]}, int{events.y()[i]}});
  }
  for (size_t i = 0; i < events.size(); ++i) {
    least_polarity = std::min(least_polarity, int{events.polarity()[i]});
    most_polarity = std::max(most_polarity, int{events.polarity()[i]});
  }
  if (least >= 0 && least_polarity >= -1 && most_polarity <= 1) return;
  RowCheck check(layout, INT16_MAX + 1, INT16_MAX + 1, 0, before);
  for (size_t i = 0; i < events.size(); ++i) check.pixel(events, i);
}

}  // namespace hdf5
}  // namespace evarrow
