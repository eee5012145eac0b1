// SPDX-License-Identifier: Apache-2.0
#include "evarrow/chunk_encoder.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "formats/encoding.h"
#include "formats/hdf5/chunk_maker.h"
#include "formats/hdf5/period_starts.h"
#include "parallel/in_order.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr size_t kRowsAtOnce = 1 << 19;    // that wait to become chunks, some for each thread
constexpr size_t kRowsOfACheck = 1 << 16;  // by one thread

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
        waiting(std::max<size_t>(kRowsAtOnce / asked.rows, 1) * asked.rows),
        made(slots_in_order(threads)) {}

  // Before any of the rows is taken.
  void check(const EventBatch& events, uint64_t before) const {
    std::atomic<bool> held = true;
    const size_t count = (events.size() + kRowsOfACheck - 1) / kRowsOfACheck;
    parallel_for(count, threads, [&](size_t i) {
      const size_t begin = i * kRowsOfACheck;
      const size_t rows = std::min(kRowsOfACheck, events.size() - begin);
      if (!maker->holds(EventBatch(events.slice(begin, rows)))) held = false;
    });
    if (!held) maker->refuse(events, before);
  }

  // Gives out rows from the beginning of a chunk on.
  void put_rows(const EventBatch& events, const Put& put) {
    const size_t datasets = maker->datasets();
    const size_t chunks = (events.size() + options.rows - 1) / options.rows;
    const auto chunk_of = [&](size_t i) { return i / datasets * options.rows; };
    const auto dataset_of = [&](size_t i) { return static_cast<uint32_t>(i % datasets); };
    const auto make = [&](size_t i, size_t slot) {
      const size_t begin = chunk_of(i);
      const size_t rows = std::min(options.rows, events.size() - begin);
      maker->make(dataset_of(i), EventBatch(events.slice(begin, rows)), made[slot]);
    };
    const auto put_made = [&](size_t i, size_t slot) {
      put({.dataset = dataset_of(i),
           .row = rows_put + chunk_of(i),
           .skipped = made[slot].skipped,
           .bytes = made[slot].bytes});
    };
    parallel_in_order(chunks * datasets, threads, make, put_made);
    rows_put += events.size();
  }

  void put_waiting(const Put& put) {
    put_rows(waiting, put);
    waiting.resize(0);
  }

  ChunkOptions options;
  int threads;
  std::unique_ptr<hdf5::ChunkMaker> maker;
  hdf5::PeriodStarts starts;
  EventBatch waiting;
  std::vector<hdf5::MadeChunk> made;  // by slot
  uint64_t taken = 0;                 // rows, with those that wait
  uint64_t rows_put = 0;
};

ChunkEncoder::ChunkEncoder(const ChunkOptions& options)
    : state_(std::make_unique<State>(options)) {}
ChunkEncoder::~ChunkEncoder() = default;
ChunkEncoder::ChunkEncoder(ChunkEncoder&&) noexcept = default;
ChunkEncoder& ChunkEncoder::operator=(ChunkEncoder&&) noexcept = default;

void ChunkEncoder::encode(const EventBatch& events_in, const Put& put) {
  if (events_in.size() == 0) return;
  if (events() == 0) state_->maker->start(events_in.t()[0]);
  state_->check(events_in, events());
  state_->starts.add(events_in, events());
  EventBatch& waiting = state_->waiting;
  for (size_t row = 0; row < events_in.size();) {
    const size_t rest = events_in.size() - row;
    if (waiting.size() == 0 && rest >= waiting.capacity()) {
      const size_t whole = rest / state_->options.rows * state_->options.rows;
      const EventBatch rows{events_in.slice(row, whole)};
      row += whole;
      state_->taken += whole;
      state_->put_rows(rows, put);
      continue;
    }
    const size_t n = std::min(waiting.room(), rest);
    waiting.copy_rows(waiting.size(), events_in, row, n);
    waiting.resize(waiting.size() + n);
    row += n;
    state_->taken += n;
    if (waiting.room() == 0) state_->put_waiting(put);
  }
}

void ChunkEncoder::finish(const Put& put) { state_->put_waiting(put); }

std::vector<PeriodStart> ChunkEncoder::take_starts() { return state_->starts.take(); }

uint64_t ChunkEncoder::events() const noexcept { return state_->taken; }

int64_t ChunkEncoder::time_offset() const noexcept { return state_->maker->time_offset(); }

namespace hdf5 {

bool holds_pixels(const EventBatch& events) noexcept {
  const int16_t* x = events.x();
  const int16_t* y = events.y();
  const int8_t* polarity = events.polarity();
  const size_t n = events.size();
  // Many at a time: of x | y the sign is that of either.
  int16_t pixels = 0;
  for (size_t i = 0; i < n; ++i) pixels = static_cast<int16_t>(pixels | x[i] | y[i]);
  bool wrong = false;
  for (size_t i = 0; i < n; ++i) wrong |= !is_polarity(polarity[i]);
  return pixels >= 0 && !wrong;
}

void refuse_pixels(const EventBatch& events, uint64_t before, const char* layout) {
  RowCheck check(layout, INT16_MAX + 1, INT16_MAX + 1, 0, before);
  for (size_t i = 0; i < events.size(); ++i) check.pixel(events, i);
}

}  // namespace hdf5
}  // namespace evarrow
