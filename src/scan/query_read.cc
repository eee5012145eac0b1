// SPDX-License-Identifier: Apache-2.0
#include "scan/query_read.h"

#include <utility>

#include "evarrow/machine.h"
#include "parallel/parallel_for.h"
#include "scan/plan.h"
#include "scan/stream.h"

namespace evarrow {
namespace {

constexpr size_t kRows = 32'768;                  // decoded at a time, which stay in cache
constexpr uint64_t kFewRows = uint64_t{1} << 20;  // done before other threads have begun

}  // namespace

QueryRead::QueryRead(const Scan& scan, std::shared_ptr<const Index> index, uint64_t most_rows)
    : pass_(scan, std::move(index)),
      stream_(find_stream(*pass_.shared.format, scan.stream)),
      most_rows_(most_rows),
      pieces_(cut(*pass_.index, wanted_blocks(scan, *pass_.index, pass_.origin),
                  unit_bytes(*pass_.shared.format))),
      parts_(pieces_.size()) {
  for (const Piece& piece : pieces_) rows_ += pass_.end_row(piece) - pass_.first_row(piece);
}

bool QueryRead::pays() const noexcept {
  const bool disordered = pass_.index->disordered.load(std::memory_order_relaxed);
  return !disordered && rows_ >= kFewRows && thread_count(pass_.shared.options.threads) > 1;
}

bool QueryRead::run(const Progress& progress) {
  parallel_for(
      pieces_.size(), thread_count(pass_.shared.options.threads),
      [this](size_t i) {
        if (!give_up_.load(std::memory_order_relaxed) && !decode(i)) give_up_ = true;
      },
      progress);
  return !give_up_ && is_in_order();
}

Batch QueryRead::take(Scan::Report& report) {
  pass_.tell(pieces_, {}, report);
  report.sorted = true;
  if (report.events_decoded == pass_.index->events) pass_.index->in_order = true;
  size_t rows = 0;
  for (const Part& part : parts_) rows += part.kept.size();
  Batch all(stream_.schema, rows, pass_.scan.columns);
  for (Part& part : parts_) {
    all.copy_rows(all.size(), part.kept, 0, part.kept.size());
    all.resize(all.size() + part.kept.size());
    part.kept = Batch();
  }
  return all;
}

bool QueryRead::decode(size_t piece) {
  Selection selection(pass_.scan.predicate, stream_);
  const uint32_t columns =
      pass_.scan.columns | selection.columns() | (pass_.judge_order ? column_bit(stream_.t) : 0U);
  Batch rows(stream_.schema, kRows + pass_.shared.format->max_burst, columns);
  Part& part = parts_[piece];
  part.kept = Batch(stream_.schema, 0, pass_.scan.columns);
  const bool done = pass_.decode(pieces_[piece], rows, [&] {
    if (pass_.judge_order && !goes_on_in_order(rows, part)) {
      pass_.index->disordered = true;
      return false;
    }
    const size_t kept = selection.keep(rows, 0, 0, rows.size(), true);
    const size_t before = part.kept.size();
    if (part.kept.room() < kept) part.kept.reserve(before * 3 / 2 + kept);
    part.kept.copy_rows(before, rows, 0, kept);
    part.kept.resize(before + kept);
    rows.resize(0);
    return !give_up_.load(std::memory_order_relaxed);
  });
  return done && are_few(pieces_[piece], part.kept.size());
}

// Whether no more than the most rows are kept, and will be if it goes on as so far.
bool QueryRead::are_few(const Piece& piece, uint64_t kept) {
  if (most_rows_ == kNoLimit) return true;
  const uint64_t rows = pass_.end_row(piece) - pass_.first_row(piece);
  const auto decoded = static_cast<double>(decoded_ += rows);
  const auto all_kept = static_cast<double>(kept_ += kept);
  return all_kept / decoded * static_cast<double>(rows_) <= static_cast<double>(most_rows_);
}

bool QueryRead::goes_on_in_order(const Batch& rows, Part& part) const {
  if (rows.size() == 0) return true;
  const auto* t = rows.column<int64_t>(stream_.t);
  if (t[0] < part.last_t || loops_.first_descent(t, rows.size()) < rows.size()) return false;
  if (part.first_t > part.last_t) part.first_t = t[0];
  part.last_t = t[rows.size() - 1];
  return true;
}

// Whether the pieces are in order among themselves, as each of them is.
bool QueryRead::is_in_order() const {
  if (!pass_.judge_order) return true;
  int64_t last = INT64_MIN;
  for (const Part& part : parts_) {
    if (part.first_t > part.last_t) continue;
    if (part.first_t < last) return false;
    last = part.last_t;
  }
  return true;
}

std::shared_ptr<const Index> index_for_query(const Scan& scan) {
  const Recording& recording = scan.recording;
  const bool possible = scan.stream == "events" && scan.limit == kNoLimit && scan.also.empty() &&
                        recording.seekable() && !scan.predicate.is_all() &&
                        !scan.predicate.is_empty();
  if (!possible || better_format(recording.shared()) != nullptr) return nullptr;
  return index_for(scan, find_stream(*recording.shared().format, scan.stream));
}

}  // namespace evarrow
