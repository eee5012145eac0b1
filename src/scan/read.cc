// SPDX-License-Identifier: Apache-2.0
// A whole recording into columns of its exact size: every piece of it is decoded straight into its
// place, by as many threads as there are.
#include <algorithm>
#include <atomic>
#include <cstring>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"
#include "kernels/rows.h"
#include "parallel/parallel_for.h"
#include "scan/order.h"
#include "scan/pass.h"
#include "scan/shared.h"
#include "scan/units.h"

namespace evarrow {
namespace {

constexpr uint64_t kPieceBytes = 2 * 1024 * 1024;
constexpr size_t kMostDescents = 65'536;  // that are repaired one by one

// Blocks of the index that one call decodes, and what it met.
struct Piece {
  size_t first_block;
  size_t last_block;  // inclusive
  Faults faults = {};
  std::vector<uint64_t> descents = {};  // rows whose time is less than that of the row before
};

std::vector<Piece> cut(const Index& index) {
  std::vector<Piece> pieces;
  for (size_t block = 0; block < index.blocks.size(); ++block) {
    const uint64_t offset = index.blocks[block].offset;
    if (pieces.empty() || offset - index.blocks[pieces.back().first_block].offset >= kPieceBytes) {
      pieces.push_back({.first_block = block, .last_block = block});
    }
    pieces.back().last_block = block;
  }
  return pieces;
}

class ParallelRead {
 public:
  ParallelRead(const Scan& scan, std::shared_ptr<const Index> index)
      : scan_(scan),
        shared_(scan.recording.shared()),
        index_(std::move(index)),
        origin_(origin_of(scan.recording)),
        judge_order_(!index_->in_order),
        all_(kEventFields, index_->events, scan.columns | (judge_order_ ? column_bit(kT) : 0U)),
        pieces_(cut(*index_)) {}

  // False if there is damage: a pass from front to back must judge it.
  bool run(const Progress& progress) {
    parallel_for(
        pieces_.size(), thread_count(shared_.options.threads),
        [this](size_t i) {
          if (!give_up_.load(std::memory_order_relaxed) && !decode(pieces_[i])) give_up_ = true;
        },
        progress);
    if (give_up_) return false;
    all_.resize(index_->events);
    return !judge_order_ || settle_order();
  }

  Batch take(Scan::Report& report) {
    for (const Piece& piece : pieces_) report.faults.add(piece.faults);
    report.faults.add(order_faults_);
    const uint64_t size = shared_.source->size();
    if (size > index_->end) {
      report.faults.add(FaultKind::kTruncated, index_->end, size - index_->end);
    }
    report.sorted = shared_.options.sort || in_order_;
    report.events_decoded = index_->events;
    report.bytes_read = index_->end - std::min(index_->end, shared_.header.payload);
    if (shared_.options.on_error != OnError::kIgnore) {
      report.warnings = warnings_of(report.faults, scan_.recording);
    }
    if (in_order_) index_->in_order = true;
    all_.project(scan_.columns);
    return std::move(all_);
  }

 private:
  uint64_t end_row(const Piece& piece) const {
    const size_t next = piece.last_block + 1;
    return next < index_->blocks.size() ? index_->blocks[next].event : index_->events;
  }

  bool decode(Piece& piece) {
    const IndexBlock& first = index_->blocks[piece.first_block];
    Units units(
        shared_,
        {{.begin = first.offset, .end = index_->end_of(piece.last_block), .state = first.state}},
        origin_);
    Batch rows = all_.slice(first.event, end_row(piece) - first.event);
    rows.resize(0);
    size_t seen = 0;
    while (units.decode({.events = &rows})) {
      if (units.looks_wrong()) return false;
      const uint64_t outside = units.faults()[FaultKind::kOutOfSensor].count;
      if (outside != 0 && shared_.options.out_of_sensor == OutOfSensor::kRaise) return false;
      if (!judge_order_) continue;
      if (!find_descents(rows, seen, first.event, piece)) return false;
      seen = rows.size();
    }
    piece.faults = units.faults();
    return rows.size() == rows.capacity();
  }

  // Looks at the times of rows [seen, rows.size()) while they are in cache.
  bool find_descents(const Batch& rows, size_t seen, uint64_t first, Piece& piece) const {
    const auto* t = rows.column<int64_t>(kT);
    for (size_t row = std::max<size_t>(seen, 1); row < rows.size(); ++row) {
      row = row - 1 + loops_.first_descent(t + row - 1, rows.size() - row + 1);
      if (row >= rows.size()) break;
      piece.descents.push_back(first + row);
      if (piece.descents.size() > kMostDescents) return false;
    }
    return true;
  }

  std::vector<uint64_t> all_descents() const {
    const auto* t = all_.column<int64_t>(kT);
    std::vector<uint64_t> rows;
    for (const Piece& piece : pieces_) {
      const uint64_t first = index_->blocks[piece.first_block].event;
      if (first != 0 && first < end_row(piece) && t[first] < t[first - 1]) rows.push_back(first);
      rows.insert(rows.end(), piece.descents.begin(), piece.descents.end());
    }
    return rows;
  }

  // Repairs what stepped back a little. False if something stepped back too far.
  bool settle_order() {
    const std::vector<uint64_t> descents = all_descents();
    if (descents.empty()) return true;
    in_order_ = false;
    if (descents.size() > kMostDescents) return false;
    order_faults_.add(FaultKind::kTimeBackwards, offset_of(descents.front()), descents.size());
    std::deque<Batch> whole = {all_};
    HeldRows rows(whole, 0);
    uint64_t settled = 0;
    for (const uint64_t row : descents) {
      if (row < settled) continue;
      const Stretch stretch = find_stretch(rows, row, index_->events, kT, false);
      if (stretch.step_back > static_cast<uint64_t>(kSortHorizonUs)) return false;
      if (shared_.options.sort && !repair_stretch(rows, 0, row, stretch, kT)) return false;
      settled = stretch.stop;
    }
    return true;
  }

  // Byte offset of the word that gave a row.
  uint64_t offset_of(uint64_t row) const {
    const auto after = std::ranges::upper_bound(index_->blocks, row, {}, &IndexBlock::event);
    const auto block = static_cast<size_t>(after - index_->blocks.begin()) - 1;
    const IndexBlock& at = index_->blocks[block];
    Units units(shared_, {{.begin = at.offset, .end = index_->end_of(block), .state = at.state}},
                origin_);
    EventBatch rows(index_->events_of(block) + shared_.format->max_burst, 0);
    size_t before = 0;
    while (units.decode({.events = &rows}) && rows.size() <= row - at.event) before = rows.size();
    return units.offset_of_row(row - at.event - before);
  }

  const Scan& scan_;
  const Recording::Shared& shared_;
  std::shared_ptr<const Index> index_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  int64_t origin_;
  bool judge_order_;
  bool in_order_ = true;
  std::atomic<bool> give_up_{false};
  Batch all_;
  std::vector<Piece> pieces_;
  Faults order_faults_;
};

// Rows that are few beside the memory they lie in move to memory of their size.
Batch fitted(Batch batch) {
  if (batch.size() >= batch.capacity() / 2) return batch;
  Batch exact(batch.schema(), batch.size(), batch.columns());
  for (size_t column = 0; column < batch.schema().size(); ++column) {
    if (!batch.has(column)) continue;
    std::memcpy(exact.column<std::byte>(column), batch.bytes(column),
                batch.size() * width_of(batch.schema()[column].type));
  }
  exact.resize(batch.size());
  return exact;
}

}  // namespace

Batch Scan::read(Report* report, std::vector<Batch>* others, const Progress& progress) const {
  Report unwanted;
  Report& told = report != nullptr ? *report : unwanted;
  const bool everything = stream == "events" && predicate.is_all() && limit == kNoLimit &&
                          also.empty() && recording.seekable();
  if (everything && better_format(recording.shared()) == nullptr) {
    const auto index = recording.index(progress);
    ParallelRead read(*this, index);
    if (read.run(progress)) return read.take(told);
  }
  begin_pass(recording.shared());
  Pass pass(*this, true);
  pass.set_progress(progress);
  Batch batch(schema(), 0, columns);
  if (pass.next(batch)) {
    Batch more;
    pass.next(more);  // throws what stopped the pass: a whole that is not whole is not given out
  }
  told = pass.report();
  if (others != nullptr) {
    others->clear();
    for (const std::string& name : also) others->push_back(pass.take(name));
  }
  return fitted(std::move(batch));
}

uint64_t Scan::count() const {
  if (predicate.is_empty()) return 0;
  if (predicate.is_all() && recording.seekable() && stream != "rates") {
    return std::min(recording.count(stream), limit);
  }
  Scan counted = *this;
  counted.columns = 0;
  Reader reader = counted.open();
  uint64_t rows = 0;
  for (Batch batch; reader.next(batch);) rows += batch.size();
  return rows;
}

}  // namespace evarrow
