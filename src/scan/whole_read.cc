// SPDX-License-Identifier: Apache-2.0
#include "scan/whole_read.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "evarrow/machine.h"
#include "parallel/parallel_for.h"
#include "scan/order.h"
#include "scan/stream.h"

namespace evarrow {
namespace {

constexpr size_t kMostDescents = 65'536;  // that are repaired one by one

}  // namespace

WholeRead::WholeRead(const Scan& scan, std::shared_ptr<const Index> index)
    : pass_(scan, std::move(index)),
      all_(kEventFields, pass_.index->events,
           scan.columns | (pass_.judge_order ? column_bit(kT) : 0U)),
      pieces_(cut(*pass_.index, std::vector<bool>(pass_.index->blocks.size(), true),
                  unit_bytes(*pass_.shared.format))),
      descents_(pieces_.size()) {}

WholeRead::WholeRead(const Scan& scan, FirstRead::Result first)
    : pass_(scan, std::move(first.index)),
      all_(std::move(first.rows)),
      pieces_(std::move(first.pieces)),
      descents_(std::move(first.descents)) {}

bool WholeRead::run(const Progress& progress) {
  parallel_for(
      pieces_.size(), thread_count(pass_.shared.options.threads),
      [this](size_t i) {
        if (!give_up_.load(std::memory_order_relaxed) && !decode(i)) give_up_ = true;
      },
      progress);
  if (give_up_) return false;
  all_.resize(pass_.index->events);
  return settle();
}

bool WholeRead::settle() { return !pass_.judge_order || settle_order(); }

Batch WholeRead::take(Scan::Report& report) {
  pass_.tell(pieces_, order_faults_, report);
  report.sorted = pass_.shared.options.sort || in_order_;
  if (in_order_) pass_.index->in_order = true;
  all_.project(pass_.scan.columns);
  return std::move(all_);
}

bool WholeRead::decode(size_t piece) {
  const uint64_t first = pass_.first_row(pieces_[piece]);
  Batch rows = all_.slice(first, pass_.end_row(pieces_[piece]) - first);
  rows.resize(0);
  size_t seen = 0;
  const bool sound = pass_.decode(pieces_[piece], rows, [&] {
    if (!pass_.judge_order) return true;
    return find_descents(rows, std::exchange(seen, rows.size()), piece);
  });
  return sound && rows.size() == rows.capacity();
}

// Looks at the times of rows [seen, rows.size()) while they are in cache.
bool WholeRead::find_descents(const Batch& rows, size_t seen, size_t piece) {
  const auto* t = rows.column<int64_t>(kT);
  for (size_t row = std::max<size_t>(seen, 1); row < rows.size(); ++row) {
    row = row - 1 + loops_.first_descent(t + row - 1, rows.size() - row + 1);
    if (row >= rows.size()) break;
    descents_[piece].push_back(pass_.first_row(pieces_[piece]) + row);
    if (descents_[piece].size() > kMostDescents) return false;
  }
  return true;
}

std::vector<uint64_t> WholeRead::all_descents() const {
  const auto* t = all_.column<int64_t>(kT);
  std::vector<uint64_t> rows;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const uint64_t first = pass_.first_row(pieces_[i]);
    if (first != 0 && first < pass_.end_row(pieces_[i]) && t[first] < t[first - 1]) {
      rows.push_back(first);
    }
    rows.insert(rows.end(), descents_[i].begin(), descents_[i].end());
  }
  return rows;
}

// Repairs what stepped back a little. False if something stepped back too far.
bool WholeRead::settle_order() {
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
    const Stretch stretch = find_stretch(rows, row, pass_.index->events, kT, false);
    if (stretch.step_back > static_cast<uint64_t>(kSortHorizonUs)) return false;
    if (pass_.shared.options.sort && !repair_stretch(rows, 0, row, stretch, kT)) return false;
    settled = stretch.stop;
  }
  return true;
}

// Byte offset of the word that gave a row.
uint64_t WholeRead::offset_of(uint64_t row) const {
  const Index& index = *pass_.index;
  const auto after = std::ranges::upper_bound(index.blocks, row, {}, &IndexBlock::event);
  const auto block = static_cast<size_t>(after - index.blocks.begin()) - 1;
  const uint64_t first = index.blocks[block].event;
  Units units = pass_.units_of(block, block);
  EventBatch rows(index.events_of(block) + pass_.shared.format->max_burst, 0);
  size_t before = 0;
  while (units.decode({.events = &rows}) && rows.size() <= row - first) before = rows.size();
  return units.offset_of_row(row - first - before);
}

}  // namespace evarrow
