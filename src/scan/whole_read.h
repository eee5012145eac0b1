// SPDX-License-Identifier: Apache-2.0
// All events of a recording into columns of their exact size: every piece is decoded straight into
// its place, by as many threads as there are.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "evarrow/scan.h"
#include "kernels/rows.h"
#include "scan/first_read.h"
#include "scan/pieces.h"

namespace evarrow {

class WholeRead {
 public:
  WholeRead(const Scan& scan, std::shared_ptr<const Index> index);
  // Of what a first read gave.
  WholeRead(const Scan& scan, FirstRead::Result first);

  // False if there is damage: a pass from front to back must judge it.
  bool run(const Progress& progress);
  // The same once all events are there: puts them in order.
  bool settle();
  Batch take(Scan::Report& report);

 private:
  bool decode(size_t piece);
  bool find_descents(const Batch& rows, size_t seen, size_t piece);
  std::vector<uint64_t> all_descents() const;
  bool settle_order();
  uint64_t offset_of(uint64_t row) const;

  PiecewisePass pass_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  bool in_order_ = true;
  std::atomic<bool> give_up_{false};
  Batch all_;
  std::vector<Piece> pieces_;
  // Of each piece, the rows whose time is less than that of the row before.
  std::vector<std::vector<uint64_t>> descents_;
  Faults order_faults_;
};

}  // namespace evarrow
