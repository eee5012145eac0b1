// SPDX-License-Identifier: Apache-2.0
#include "scan/pieces.h"

#include <algorithm>
#include <utility>

#include "scan/findings.h"
#include "scan/pass.h"

namespace evarrow {
namespace {

constexpr uint64_t kPieceUnits = 32;

}  // namespace

PiecewisePass::PiecewisePass(const Scan& wanted, std::shared_ptr<const Index> of)
    : scan(wanted),
      shared(scan.recording.shared()),
      index(std::move(of)),
      origin(origin_of(shared)),
      judge_order(!index->in_order) {}

uint64_t PiecewisePass::end_row(const Piece& piece) const {
  const size_t next = piece.last_block + 1;
  return next < index->blocks.size() ? index->blocks[next].event : index->events;
}

Units PiecewisePass::units_of(size_t first_block, size_t last_block) const {
  const IndexBlock& first = index->blocks[first_block];
  return {shared,
          {{.begin = first.offset, .end = index->end_of(last_block), .state = first.state}},
          origin};
}

bool is_damaged(const Recording::Shared& shared, const Units& units) noexcept {
  const bool outside = units.faults()[FaultKind::kOutOfSensor].count != 0 &&
                       shared.options.out_of_sensor == OutOfSensor::kRaise;
  const bool corrupt = shared.options.on_error == OnError::kRaise &&
                       (units.faults()[FaultKind::kCorrupt].count != 0 ||
                        units.faults()[FaultKind::kBadValue].count != 0);
  return units.looks_wrong() || outside || corrupt;
}

void PiecewisePass::tell(std::span<const Piece> pieces, const Faults& others,
                         Scan::Report& report) const {
  for (const Piece& piece : pieces) {
    report.faults.add(piece.faults);
    report.events_decoded += end_row(piece) - first_row(piece);
    report.bytes_read += index->end_of(piece.last_block) - index->blocks[piece.first_block].offset;
  }
  report.faults.add(others);
  if (shared.options.on_error != OnError::kIgnore) {
    report.warnings = warnings_of(report.faults, scan.recording);
  }
  report.faults = in_file(shared, report.faults);
}

std::vector<Piece> cut(const Index& index, const std::vector<bool>& wanted, uint64_t unit) {
  std::vector<Piece> pieces;
  for (size_t block = 0; block < index.blocks.size(); ++block) {
    if (!wanted[block]) continue;
    const uint64_t offset = index.blocks[block].offset;
    const bool adjacent = !pieces.empty() && pieces.back().last_block + 1 == block;
    if (!adjacent ||
        offset - index.blocks[pieces.back().first_block].offset >= kPieceUnits * unit) {
      pieces.push_back({.first_block = block, .last_block = block});
    }
    pieces.back().last_block = block;
  }
  return pieces;
}

}  // namespace evarrow
