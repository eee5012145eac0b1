// SPDX-License-Identifier: Apache-2.0
// All events of a recording that has no index yet, and its index, in one pass: for formats of
// lines, whose state any byte tells to who begins behind it. Pieces are decoded at once into memory
// that stays in cache, and copied to their places once all before them are counted.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "evarrow/scan.h"
#include "kernels/rows.h"
#include "scan/pieces.h"

namespace evarrow {

class FirstRead {
 public:
  explicit FirstRead(const Scan& scan);

  static bool is_possible(const Recording::Shared& shared);

  // False if there is damage: a pass from front to back must judge it.
  bool run(const Progress& progress);

  // What was read, once.
  struct Result {
    std::shared_ptr<const Index> index;
    Batch rows;
    std::vector<Piece> pieces;
    std::vector<std::vector<uint64_t>> descents;  // rows of each piece before which time steps back
  };
  Result take();

 private:
  // Memory for one piece.
  struct Slot {
    Batch rows;
    Scratch bytes;
  };
  struct Part {
    std::unique_ptr<Slot> slot;  // from when it is decoded to when it is in its place
    bool decoded = false;
    uint64_t first_row = 0;
    std::vector<IndexBlock> blocks;  // their events are counted from the part on
    std::vector<uint64_t> descents;  // likewise
    Faults faults;
    uint64_t events = 0;
  };

  void work(size_t part);
  bool decode(size_t number, Slot& slot);
  bool add_block(Part& part, const IndexBlock& begun, const Batch& rows) const;
  std::unique_ptr<Slot> take_slot(size_t part);
  void give_back(std::unique_ptr<Slot> slot);
  std::vector<size_t> place(size_t part, std::unique_ptr<Slot> slot);
  void make_room(uint64_t rows, uint64_t bytes);
  void copy(Part& part);
  uint64_t begin_of(size_t part) const noexcept;

  const Scan& scan_;
  const Recording::Shared& shared_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  int64_t origin_;
  uint32_t columns_;
  uint64_t end_;    // of the payload
  uint64_t block_;  // bytes of a block of the index
  size_t part_blocks_;
  int threads_;
  std::vector<Part> parts_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Slot>> free_;
  size_t slots_ = 0;
  size_t next_ = 0;  // the first part whose rows have no place yet
  uint64_t rows_ = 0;
  bool give_up_ = false;

  std::shared_mutex growing_;  // held alone by who makes room, shared by those who copy
  Batch all_;
};

}  // namespace evarrow
