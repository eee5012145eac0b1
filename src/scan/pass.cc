// SPDX-License-Identifier: Apache-2.0
#include "scan/pass.h"

#include <algorithm>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "parallel/parallel_for.h"
#include "scan/findings.h"
#include "scan/plan.h"
#include "scan/shared.h"

namespace evarrow {
namespace {

// Rows of room behind a batch whose rows are picked: a stretch is decoded there before.
constexpr size_t kPickingSlack = 8192;
constexpr size_t kFirstWholeRows = 65'536;
// Of the batches that are held: smaller ones are given out piece by piece, since what is done for
// each stretch takes time for each of them.
constexpr size_t kFewestRows = 256;
constexpr uint64_t kStretchesBetweenReports = 32;

// As many batches of `given` rows as make up the fewest.
constexpr size_t held_rows(uint64_t given) {
  return given * (given < kFewestRows ? (kFewestRows - 1) / given + 1 : 1);
}

}  // namespace

Pass::Pass(Scan scan, bool whole)
    : scan_(std::move(scan)),
      shared_(scan_.recording.shared()),
      stream_(find_stream(*shared_.format, scan_.stream)),
      index_(index_for(scan_, stream_)),
      origin_(origin_of(shared_)),
      selection_(scan_.predicate, stream_),
      companions_(scan_),
      units_(shared_, segments_of(scan_, stream_, index_.get(), origin_), origin_,
             thread_count(shared_.options.threads) > 1),
      decoded_columns_(scan_.columns | selection_.columns() |
                       (companions_.has_apart() ? column_bit(stream_.t) : 0)),
      is_main_(stream_.name == main_stream(shared_)),
      judge_order_(index_ == nullptr || !index_->in_order || !is_main_),
      repair_(judge_order_ && shared_.options.sort),
      whole_(whole),
      given_rows_(std::max<size_t>(scan_.batch_size, 1)),
      rows_(held_rows(std::min<uint64_t>(given_rows_, std::max<uint64_t>(scan_.limit, 1)))),
      slack_(shared_.format->max_burst),
      pool_(stream_.schema,
            judge_order_ ? decoded_columns_ | column_bit(stream_.t) : decoded_columns_) {
  if (judge_order_) decoded_columns_ |= column_bit(stream_.t);
  if (!selection_.is_all() || scan_.limit != kNoLimit) slack_ += kPickingSlack;
  if (whole_) {
    rows_ = kFirstWholeRows;
    if (index_ != nullptr && is_main_) {
      rows_ = rows_ahead(scan_, *index_, origin_);
    }
    rows_ = std::min<uint64_t>(rows_, std::max(scan_.limit, uint64_t{kFirstWholeRows}));
  }
  if (better_format(shared_) != nullptr) {
    damage(FaultKind::kWrongEncoding, shared_.header.payload, "");
  }
}

bool Pass::next(Batch& batch) {
  if (failure_ != nullptr) finish();
  while (scan_.limit != 0 && !ended_ && !may_leave()) {
    if (stretches_++ % kStretchesBetweenReports == 0) report_progress(progress_, share_done());
    if (!fill()) finish();
  }
  if (scan_.limit != 0 && emit(batch)) return true;
  finish();
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  return false;
}

// Whether no row to come can belong before the last wanted row of the first batch.
bool Pass::may_leave() const noexcept {
  if (held_.empty()) return false;
  const Batch& front = held_.front();
  const uint64_t wanted = std::min<uint64_t>(front.size(), scan_.limit - given_out_);
  const bool full =
      whole_ ? scan_.limit != kNoLimit && front.size() >= scan_.limit : held_.size() >= 2;
  if (!full) return false;
  if (!repair_) return true;
  const int64_t last = front.column<int64_t>(stream_.t)[wanted - 1];
  // Times are compared as distances: their difference may not fit an int64.
  const bool safe =
      last <= greatest_ && static_cast<uint64_t>(greatest_) - static_cast<uint64_t>(last) >
                               static_cast<uint64_t>(kSortHorizonUs);
  if (safe || barrier_ >= given_out_ + wanted) return true;
  uint64_t behind = front.size() - wanted;
  for (size_t i = 1; i < held_.size(); ++i) behind += held_[i].size();
  return behind > kSortHorizonEvents;
}

bool Pass::emit(Batch& batch) {
  while (!held_.empty() && held_.front().size() == 0) held_.pop_front();
  if (held_.empty()) return false;
  const uint64_t rest = scan_.limit - given_out_;
  if (rest == 0) return false;
  Batch& front = held_.front();
  if (whole_ || front.size() <= given_rows_) {
    batch = std::move(front);
    held_.pop_front();
  } else {
    batch = front.slice(0, given_rows_);
    front = front.slice(given_rows_, front.size() - given_rows_);
  }
  given_out_ += batch.size();
  if (batch.has(stream_.t)) {
    given_until_ = std::max(given_until_, batch.column<int64_t>(stream_.t)[batch.size() - 1]);
  }
  if (batch.size() > rest) {
    batch = batch.slice(0, rest);
    given_out_ = scan_.limit;
  }
  if (given_out_ == scan_.limit) {
    held_.clear();
    finish();
    failure_ = nullptr;  // damage behind the last row that was wanted was not asked about
  }
  batch.project(scan_.columns);
  return true;
}

double Pass::share_done() const noexcept {
  const uint64_t size = shared_.source->size();
  return size == 0 ? 0 : static_cast<double>(units_.offset()) / static_cast<double>(size);
}

void Pass::make_room() {
  if (held_.empty()) held_.push_back(pool_.take(rows_ + slack_));
  Batch& back = held_.back();
  if (whole_ && back.room() < slack_) back.reserve(back.capacity() * 3 / 2 + kFirstWholeRows);
}

bool Pass::fill() {
  make_room();
  Batch& back = held_.back();
  const size_t begin = back.size();
  Batches batches;
  batches.*stream_.rows = &back;
  companions_.make_room(batches);
  try {
    if (!units_.decode(batches)) return false;
  } catch (const Error&) {
    failure_ = std::current_exception();
    return false;
  }
  if (!whole_ || shared_.source->sequential()) units_.drop_behind();
  const size_t end = back.size();
  back.resize(begin);
  report_.events_decoded += end - begin;
  if (units_.looks_wrong()) damage(FaultKind::kWrongEncoding, units_.first_unknown(), "");
  if (failure_ == nullptr) admit(back, begin, end);
  judge_decoded();
  split_full_batch();
  return failure_ == nullptr;
}

// What the decoder met that stops the pass, or not, as the user wants.
void Pass::judge_decoded() {
  const Faults faults = units_.faults();
  const auto judge = [&](FaultKind kind, uint64_t& judged) {
    if (faults[kind].count > std::exchange(judged, faults[kind].count)) {
      // The decoder counts rows, or bytes; the lines of a file are known here alone.
      const bool lines = shared_.format->look_ahead != 0;
      std::string at = lines ? "," : "";
      if (lines) at.append(place(shared_, faults[kind].offset)).append(",");
      fail(kind, faults[kind].offset, units_.why() + at + " in " + shared_.path);
    }
  };
  judge(FaultKind::kCorrupt, corrupt_);
  judge(FaultKind::kBadValue, bad_values_);
  const Fault outside = faults[FaultKind::kOutOfSensor];
  if (outside.count != 0 && shared_.options.out_of_sensor == OutOfSensor::kRaise) {
    failure_ = std::make_exception_ptr(Error(
        ErrorCode::kDamaged,
        "there is an event outside the " + std::to_string(shared_.header.width) + "x" +
            std::to_string(shared_.header.height) + " sensor in " + shared_.path +
            place(shared_, outside.offset) + ": pass out_of_sensor=\"drop\" or \"keep\" to read on",
        byte_at(shared_, outside.offset)));
  }
}

// Looks at the times of rows [begin, end), which lie behind the size of `batch`, and keeps the
// wanted ones.
void Pass::admit(Batch& batch, size_t begin, size_t end) {
  if (!judge_order_) return commit(batch, begin, end, false);
  const int64_t* t = batch.column<int64_t>(stream_.t);
  const size_t first = begin;
  size_t row = begin;
  bool disordered = false;
  while (row < end) {
    if (t[row] >= greatest_) {
      row += loops_.first_descent(t + row, end - row);
      previous_ = greatest_ = t[row - 1];
      continue;
    }
    const uint64_t step = static_cast<uint64_t>(greatest_) - static_cast<uint64_t>(t[row]);
    if (step > static_cast<uint64_t>(kSortHorizonUs)) {
      commit(batch, begin, row, disordered);
      // Words of another format give times at random: that is what is wrong then.
      if (units_.seems_wrong() && shared_.options.on_error == OnError::kRaise) {
        return damage(FaultKind::kWrongEncoding, units_.first_unknown(), "");
      }
      const uint64_t offset = offset_of_first(FaultKind::kClockReset, row - first);
      damage(FaultKind::kClockReset, offset,
             "time goes back by " + std::to_string(step) + " us" + place(shared_, offset) + " of " +
                 shared_.path + ", more than the 10 ms that sorting repairs");
      if (failure_ != nullptr) return;
      begin = row;
      disordered = false;
      barrier_ = given_out_;
      for (const Batch& held : held_) barrier_ += held.size();
      greatest_ = t[row];
    } else {
      if (t[row] < previous_) note_step_back(row - first);
      disordered = true;
    }
    previous_ = t[row];
    ++row;
  }
  commit(batch, begin, end, disordered);
}

// Byte offset for a fault at a row of this stretch. It is exact for the first of its kind; to find
// it the stretch is decoded again.
uint64_t Pass::offset_of_first(FaultKind kind, size_t row) const {
  const bool first = order_faults_[kind].count == 0 && stream_.name == "events";
  return first ? units_.offset_of_row(row) : units_.offset();
}

void Pass::note_step_back(size_t row) {
  in_order_ = false;
  order_faults_.add(FaultKind::kTimeBackwards, offset_of_first(FaultKind::kTimeBackwards, row));
}

void Pass::commit(Batch& batch, size_t begin, size_t end, bool disordered) {
  const size_t size = batch.size();
  const size_t kept = selection_.keep(batch, size, begin, end, !disordered);
  batch.resize(size + kept);
  if (!disordered || !repair_ || kept == 0) return;
  HeldRows rows(held_, given_out_);
  if (!repair_order(rows, std::max(barrier_, given_out_), rows.end() - kept, stream_.t)) {
    damage(FaultKind::kClockReset, units_.offset(),
           "time goes back over more than " + std::to_string(kSortHorizonEvents) + " events" +
               place(shared_, units_.offset()) + " of " + shared_.path);
    barrier_ = rows.end();
  }
}

// The rows that a full batch has too many begin the next one.
void Pass::split_full_batch() {
  if (whole_) return;
  while (held_.back().size() >= rows_) {
    Batch& full = held_.back();
    const size_t surplus = full.size() - rows_;
    Batch next = pool_.take(rows_ + slack_);
    next.copy_rows(0, full, rows_, surplus);
    next.resize(surplus);
    full.resize(rows_);
    held_.push_back(std::move(next));
  }
}

// Damage stops the pass, or is counted and told later, as the user wants.
void Pass::damage(FaultKind kind, uint64_t offset, const std::string& sentence) {
  order_faults_.add(kind, offset);
  if (kind == FaultKind::kClockReset) in_order_ = false;
  fail(kind, offset, sentence);
}

// Fails with `sentence` or, if that is empty, with what a warning would say.
void Pass::fail(FaultKind kind, uint64_t offset, const std::string& sentence) {
  if (shared_.options.on_error != OnError::kRaise || failure_ != nullptr) return;
  Faults one;
  one.add(kind, offset);
  const std::string what = sentence.empty() ? warnings_of(one, scan_.recording).front() : sentence;
  failure_ = std::make_exception_ptr(Error(ErrorCode::kDamaged,
                                           what + "; pass on_error=\"warn\" to read what is sound",
                                           byte_at(shared_, offset)));
}

void Pass::finish() {
  if (ended_) return;
  ended_ = true;
  met_ = units_.faults();
  met_.add(order_faults_);
  report_.faults = in_file(shared_, met_);
  report_.bytes_read = units_.bytes_read();
  const bool reset = met_[FaultKind::kClockReset].count != 0;
  report_.sorted = shared_.options.sort ? !reset : in_order_;
  if (shared_.options.on_error != OnError::kIgnore) {
    report_.warnings = warnings_of(met_, scan_.recording);
  }
  const bool complete = failure_ == nullptr && judge_order_ && in_order_ && is_main_ &&
                        index_ != nullptr && report_.events_decoded == index_->events;
  if (complete) index_->in_order = true;
}

Batch Pass::take(std::string_view name) {
  const bool complete = ended_ && held_.empty() && given_out_ < scan_.limit;
  Batch rows = companions_.take(name, complete ? INT64_MAX : given_until_);
  if (ended_) companions_.tell(report_);
  return rows;
}

}  // namespace evarrow
