// SPDX-License-Identifier: Apache-2.0
#include "scan/companions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "scan/select.h"
#include "scan/shared.h"

namespace evarrow {
namespace {

constexpr size_t kRows = 256;
constexpr size_t kMostBurst = kRows / 4;  // of a stretch of words

void append(Batch& rows, const Batch& more, size_t begin, size_t n) {
  if (rows.room() < n) rows.reserve(rows.size() * 3 / 2 + n);
  rows.copy_rows(rows.size(), more, begin, n);
  rows.resize(rows.size() + n);
}

}  // namespace

Companions::Companions(const Scan& scan) : times_() {
  times_.t_begin = scan.predicate.t_begin;
  times_.t_end = scan.predicate.t_end;
  for (const std::string& name : scan.also) {
    Scan other = scan.recording.scan(name);
    const Recording::Shared& shared = other.recording.shared();
    const Stream& stream = find_stream(*shared.format, name);
    companions_.push_back({.stream = &stream, .met = Batch(stream.schema, kRows), .reader = {}});
    if (&shared == &scan.recording.shared()) continue;
    other.predicate = times_;
    companions_.back().reader = std::make_unique<Reader>(other.open());
  }
}

bool Companions::has_apart() const noexcept {
  return std::ranges::any_of(companions_,
                             [](const Companion& one) { return one.reader != nullptr; });
}

void Companions::make_room(Batches& batches) {
  for (Companion& one : companions_) {
    if (one.reader) continue;
    if (one.met.room() < kMostBurst) one.met.reserve(one.met.capacity() * 2);
    batches.*one.stream->rows = &one.met;
  }
}

Batch Companions::take(std::string_view name, int64_t until) {
  const auto found =
      std::ranges::find(companions_, name, [](const Companion& one) { return one.stream->name; });
  if (found == companions_.end()) {
    throw Error(ErrorCode::kArgument,
                "the stream '" + std::string(name) + "' was not asked for in this pass");
  }
  if (found->reader) return take_apart(*found, until);
  Selection selection(times_, *found->stream);
  const size_t rows = found->met.size();
  found->met.resize(selection.keep(found->met, 0, 0, rows, false));
  return std::exchange(found->met, Batch(found->stream->schema, kRows));
}

void Companions::tell(Scan::Report& report) {
  for (Companion& one : companions_) {
    if (!one.ended || std::exchange(one.told, true)) continue;
    const Scan::Report& met = one.reader->report();
    for (size_t i = 0; i < kFaultKinds; ++i) {
      const auto kind = static_cast<FaultKind>(i);
      const Fault& fault = met.faults[kind];
      // That of the file is known already.
      if (fault.count == 0 || kind == FaultKind::kTruncated) continue;
      report.faults.add(kind, fault.offset, fault.count);
    }
    for (const std::string& sentence : met.warnings) {
      if (std::ranges::find(report.warnings, sentence) == report.warnings.end()) {
        report.warnings.push_back(sentence);
      }
    }
  }
}

// They are in order of time: what is up to `until` is taken, the rest waits.
Batch Companions::take_apart(Companion& companion, int64_t until) {
  const size_t column = companion.stream->t;
  Batch taken(companion.stream->schema, kRows);
  while (true) {
    const auto* t = companion.met.column<int64_t>(column);
    const auto n = static_cast<size_t>(std::upper_bound(t, t + companion.met.size(), until) - t);
    append(taken, companion.met, 0, n);
    if (n < companion.met.size()) {
      Batch rest(companion.stream->schema, companion.met.size() - n);
      append(rest, companion.met, n, companion.met.size() - n);
      companion.met = std::move(rest);
      return taken;
    }
    companion.met.resize(0);
    if (companion.ended || !companion.reader->next(companion.met)) {
      companion.ended = true;
      companion.met = Batch(companion.stream->schema, kRows);
      return taken;
    }
  }
}

}  // namespace evarrow
