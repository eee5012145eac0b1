// SPDX-License-Identifier: Apache-2.0
// A recording read as a whole and as a stream, which must say the same.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "options.h"

namespace evarrow::fuzz {

struct Outcome {
  size_t rows = 0;
  int64_t sum = 0;
  bool failed = false;
  uint64_t lost = 0;

  bool operator==(const Outcome&) const = default;
};

inline void add(const Batch& batch, Outcome& outcome) {
  outcome.rows += batch.size();
  for (size_t i = 0; i < batch.size(); ++i) {
    const auto t = static_cast<uint64_t>(batch.column<int64_t>(kT)[i]);
    const auto sum = static_cast<uint64_t>(outcome.sum) * 31 + t +
                     static_cast<uint64_t>(batch.column<int16_t>(kX)[i]) +
                     static_cast<uint64_t>(batch.column<int16_t>(kY)[i]) * 7 +
                     static_cast<uint64_t>(batch.column<int8_t>(kPolarity)[i]);
    outcome.sum = static_cast<int64_t>(sum);
  }
}

inline Outcome read_whole(const Recording& recording) {
  Outcome outcome;
  Scan::Report report;
  try {
    add(recording.scan().read(&report), outcome);
    outcome.lost = report.faults[FaultKind::kCorrupt].count;
  } catch (const Error&) {
    outcome.failed = true;
  }
  return outcome;
}

inline Outcome stream(const Recording& recording, size_t batch_size) {
  Outcome outcome;
  try {
    Scan scan = recording.scan();
    scan.batch_size = batch_size;
    Reader reader = scan.open();
    for (Batch batch; reader.next(batch);) add(batch, outcome);
    outcome.lost = reader.report().faults[FaultKind::kCorrupt].count;
  } catch (const Error&) {
    outcome.failed = true;
  }
  return outcome;
}

// Whether both ways fail, or neither, and give the same rows and losses.
inline void check_both_ways(const Recording& recording, size_t batch_size) {
  const Outcome whole = read_whole(recording);
  const Outcome streamed = stream(recording, batch_size);
  check(whole.failed == streamed.failed, "both ways to read fail, or neither");
  check(whole.failed || whole == streamed, "both ways to read give the same rows");
}

}  // namespace evarrow::fuzz
