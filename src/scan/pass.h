// SPDX-License-Identifier: Apache-2.0
// One pass over a recording: bytes to decoded rows to wanted rows, in order, in batches.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/scan.h"
#include "io/source.h"
#include "kernels/rows.h"
#include "scan/companions.h"
#include "scan/index.h"
#include "scan/order.h"
#include "scan/pool.h"
#include "scan/select.h"
#include "scan/stream.h"
#include "scan/units.h"

namespace evarrow {

class Pass {
 public:
  // `whole`: all rows are wanted in one batch, which grows, instead of batches of the scan's size.
  Pass(Scan scan, bool whole);

  // The next batch, projected. False at the end. Throws what stopped the pass, after the rows
  // before it.
  bool next(Batch& batch);

  // Called between stretches, with the share done.
  void set_progress(const Progress& progress) { progress_ = progress; }

  // How much of the recording lies behind the pass, 0 to 1.
  double share_done() const noexcept;

  // Rows met since the last call of a stream that goes along.
  Batch take(std::string_view stream);

  const Scan& scan() const noexcept { return scan_; }
  const Scan::Report& report() const noexcept { return report_; }
  // The faults of the report, with positions in place of the bytes of the file.
  const Faults& met() const noexcept { return met_; }

 private:
  bool fill();  // decodes one stretch; false at the end of the pass
  void make_room();
  void admit(Batch& batch, size_t begin, size_t end);
  void commit(Batch& batch, size_t begin, size_t end, bool disordered);
  void split_full_batch();
  bool may_leave() const noexcept;
  bool emit(Batch& batch);
  uint64_t offset_of_first(FaultKind kind, size_t row) const;
  void note_step_back(size_t row);
  void judge_decoded();
  void damage(FaultKind kind, uint64_t offset, const std::string& sentence);
  void fail(FaultKind kind, uint64_t offset, const std::string& sentence);
  void finish();

  Scan scan_;
  const Recording::Shared& shared_;
  const Stream& stream_;
  std::shared_ptr<const Index> index_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  int64_t origin_;
  Selection selection_;
  Companions companions_;
  Units units_;
  uint32_t decoded_columns_;
  bool is_main_;      // the index knows the rows of the stream
  bool judge_order_;  // times are decoded and looked at
  bool repair_;       // and put into order
  bool whole_;
  size_t given_rows_;  // of a full batch that is given out
  size_t rows_;        // and of one that is held
  size_t slack_;       // rows of room behind them
  Pool pool_;
  std::deque<Batch> held_;  // rows decoded and not given out; the last one is being filled
  uint64_t given_out_ = 0;  // rows
  uint64_t barrier_ = 0;    // row that later rows may not go before: the clock was reset there
  int64_t greatest_ = INT64_MIN;  // time since the barrier
  int64_t previous_ = INT64_MIN;  // time of the row before
  bool in_order_ = true;          // no step back so far
  bool ended_ = false;
  std::exception_ptr failure_;
  Progress progress_;
  uint64_t stretches_ = 0;
  int64_t given_until_ = INT64_MIN;        // greatest time of the rows given out
  uint64_t corrupt_ = 0, bad_values_ = 0;  // of the faults of the decoder, those judged
  Faults order_faults_, met_;
  Scan::Report report_;
};

}  // namespace evarrow
