// SPDX-License-Identifier: Apache-2.0
// The wanted events of a recording that is in order of time, picked out of its pieces by as many
// threads as there are.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "evarrow/scan.h"
#include "kernels/rows.h"
#include "scan/pieces.h"
#include "scan/select.h"

namespace evarrow {

class QueryRead {
 public:
  // It gives up as soon as it is to be expected that more than `most_rows` are wanted.
  QueryRead(const Scan& scan, std::shared_ptr<const Index> index, uint64_t most_rows);

  // Whether it can be done, and there is enough to decode for other threads to have a part in it.
  bool pays() const noexcept;
  // False if it gave up, or met damage or a step back in time, which a pass from front to back
  // must judge.
  bool run(const Progress& progress);
  Batch take(Scan::Report& report);

 private:
  // What came out of a piece.
  struct Part {
    Batch kept;
    int64_t first_t = INT64_MAX;  // of all its events, wanted or not
    int64_t last_t = INT64_MIN;
  };

  bool decode(size_t piece);
  bool are_few(const Piece& piece, uint64_t kept);
  bool goes_on_in_order(const Batch& rows, Part& part) const;
  bool is_in_order() const;

  PiecewisePass pass_;
  const Stream& stream_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  uint64_t most_rows_;
  uint64_t rows_ = 0;  // to decode
  std::atomic<uint64_t> decoded_{0};
  std::atomic<uint64_t> kept_{0};
  std::atomic<bool> give_up_{false};
  std::vector<Piece> pieces_;
  std::vector<Part> parts_;
};

// The index that a query by several threads would use, or null if there can be none.
std::shared_ptr<const Index> index_for_query(const Scan& scan);

}  // namespace evarrow
