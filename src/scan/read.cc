// SPDX-License-Identifier: Apache-2.0
// All wanted rows in one batch: by several threads where that is possible and pays.
#include <algorithm>
#include <optional>
#include <utility>

#include "evarrow/scan.h"
#include "scan/first_read.h"
#include "scan/index_cache.h"
#include "scan/pass.h"
#include "scan/plan.h"
#include "scan/query_read.h"
#include "scan/shared.h"
#include "scan/stream.h"
#include "scan/whole_read.h"

namespace evarrow {
namespace {

// Rows that are few beside the memory they lie in move to memory of their size.
Batch fitted(Batch batch) {
  if (batch.size() >= batch.capacity() / 2) return batch;
  Batch exact(batch.schema(), batch.size(), batch.columns());
  exact.copy_rows(0, batch, 0, batch.size());
  exact.resize(batch.size());
  return exact;
}

// Where rows can be counted without decoding them, no index is made for their numbers alone.
std::shared_ptr<const Index> index_of_all(const Recording& recording, const Progress& progress) {
  const Recording::Shared& shared = recording.shared();
  const bool counted = shared.format->counts_rows && !shared.decode.drop_out_of_sensor;
  if (!counted || !known_times(shared).empty() || recording.has_index()) {
    return recording.index(progress);
  }
  return make_row_index(*shared.format, shared.source->size());
}

// Keeps the index that a first read has made as a by-product.
void keep_first(const Recording::Shared& shared, const std::shared_ptr<const Index>& index) {
  const std::lock_guard lock(shared.mutex);
  if (shared.index != nullptr) return;
  shared.index = index;
  keep_index(shared, index);
}

// Nothing if there is damage.
std::optional<Batch> read_first(const Scan& scan, Scan::Report& report, const Progress& progress) {
  check_unchanged(scan.recording.shared());
  FirstRead first(scan);
  if (!first.run(progress)) return {};
  auto result = first.take();
  keep_first(scan.recording.shared(), result.index);
  WholeRead read(scan, std::move(result));
  if (!read.settle()) return {};
  return read.take(report);
}

// Nothing if there is damage.
std::optional<Batch> read_whole(const Scan& scan, Scan::Report& report, const Progress& progress) {
  const Recording& recording = scan.recording;
  const bool possible = scan.stream == "events" && scan.limit == kNoLimit && scan.also.empty() &&
                        recording.seekable() && scan.predicate.is_all();
  if (!possible || better_format(recording.shared()) != nullptr) return {};
  if (FirstRead::is_possible(recording.shared()) && !recording.has_index()) {
    return read_first(scan, report, progress);
  }
  auto index = index_of_all(recording, progress);
  if (index->blocks.empty()) return {};
  WholeRead read(scan, std::move(index));
  if (!read.run(progress)) return {};
  return read.take(report);
}

// Nothing if a pass from front to back is faster, or has to judge what is wrong.
std::optional<Batch> read_query(const Scan& scan, Scan::Report& report, const Progress& progress) {
  const auto index = index_for_query(scan);
  if (index == nullptr) return {};
  check_unchanged(scan.recording.shared());
  QueryRead read(scan, index, kNoLimit);
  if (!read.pays() || !read.run(progress)) return {};
  return read.take(report);
}

}  // namespace

Batch Scan::read(Report* report, std::vector<Batch>* others, const Progress& progress) const {
  Report unwanted;
  Report& told = report != nullptr ? *report : unwanted;
  told = {};
  if (auto batch = read_whole(*this, told, progress)) return *std::move(batch);
  if (auto batch = read_query(*this, told, progress)) return *std::move(batch);
  begin_pass(recording.shared());
  Pass pass(*this, true);
  pass.set_progress(progress);
  Batch batch(schema(), 0, columns);
  if (pass.next(batch)) {
    Batch more;
    pass.next(more);  // throws what stopped the pass: a whole that is not whole is not given out
  }
  if (others != nullptr) {
    others->clear();
    for (const std::string& name : also) others->push_back(pass.take(name));
  }
  told = pass.report();
  return fitted(std::move(batch));
}

uint64_t Scan::count() const {
  if (predicate.is_empty()) return 0;
  if (predicate.is_all() && recording.seekable() &&
      (stream == main_stream(recording.shared()) || stream == "triggers")) {
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
