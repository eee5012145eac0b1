// SPDX-License-Identifier: Apache-2.0
// A pass by several threads: the recording cut into pieces, each decoded by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "evarrow/scan.h"
#include "scan/index.h"
#include "scan/shared.h"
#include "scan/units.h"

namespace evarrow {

// Adjacent blocks of the index, one thread's turn, and what it met in them.
struct Piece {
  size_t first_block;
  size_t last_block;  // inclusive
  Faults faults = {};
};

// Whether what was decoded so far is for a pass from front to back to judge.
bool is_damaged(const Recording::Shared& shared, const Units& units) noexcept;

// What all pieces of a pass over the events have in common.
struct PiecewisePass {
  PiecewisePass(const Scan& wanted, std::shared_ptr<const Index> of);

  uint64_t first_row(const Piece& piece) const { return index->blocks[piece.first_block].event; }
  uint64_t end_row(const Piece& piece) const;
  Units units_of(size_t first_block, size_t last_block) const;

  // Decodes a piece into `rows` and calls `use()` after each stretch, which may take rows away.
  // False, with the piece unfinished, if there is damage or `use` returns false: a pass from front
  // to back must judge it.
  template <typename Use>
  bool decode(Piece& piece, Batch& rows, Use use) const {
    Units units = units_of(piece.first_block, piece.last_block);
    while (units.decode({.events = &rows})) {
      if (is_damaged(shared, units) || !use()) return false;
    }
    piece.faults = units.faults();
    return true;
  }

  // Fills in the report of a pass that went well, but for `sorted`.
  void tell(std::span<const Piece> pieces, const Faults& others, Scan::Report& report) const;

  const Scan& scan;
  const Recording::Shared& shared;
  std::shared_ptr<const Index> index;
  int64_t origin;
  bool judge_order;  // it is not known that times never decrease
};

// Pieces of the blocks that are `wanted`.
// `unit`: that of the format.
std::vector<Piece> cut(const Index& index, const std::vector<bool>& wanted, uint64_t unit);

}  // namespace evarrow
