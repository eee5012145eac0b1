// SPDX-License-Identifier: Apache-2.0
// The report on a whole recording: its rows, and what is wrong with them.
#include <algorithm>
#include <iterator>
#include <utility>

#include "evarrow/scan.h"
#include "evarrow/stream.h"
#include "scan/findings.h"
#include "scan/pass.h"
#include "scan/shared.h"

namespace evarrow {
namespace {

constexpr std::string_view kEvents = "events";

// As the format has it, with all that is sound, in the order of the recording.
Recording lenient(const Recording& recording) {
  Options options = recording.options();
  options.on_error = OnError::kIgnore;
  options.sort = false;
  options.out_of_sensor = OutOfSensor::kFormat;
  return with_options(recording.shared(), options);
}

// The streams beside the events that lie among their words, or that the file keeps apart from them.
std::vector<std::string> streams_beside(const Recording& recording, bool apart) {
  std::vector<std::string> names;
  for (const std::string_view name : recording.format().streams) {
    if (name != kEvents && is_apart(recording.shared(), name) == apart) names.emplace_back(name);
  }
  return names;
}

void add(StreamSummary& summary, const Batch& batch) {
  if (batch.size() == 0) return;
  const auto* t = batch.column<int64_t>(stream_called(summary.name)->t);
  const auto [least, greatest] = std::minmax_element(t, t + batch.size());
  summary.rows += batch.size();
  if (!summary.times) summary.times = TimeRange{.first = *least, .last = *greatest};
  summary.times->first = std::min(summary.times->first, *least);
  summary.times->last = std::max(summary.times->last, *greatest);
}

// What a pass met, in words that begin with `prefix`.
void tell(const Pass& pass, const std::string& prefix, StreamsReport& report) {
  report.faults.add(pass.report().faults);
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const Fault& fault = pass.met()[kind];
    if (fault.count == 0) continue;
    report.damaged |= kind == FaultKind::kWrongEncoding || kind == FaultKind::kClockReset ||
                      kind == FaultKind::kCorrupt || kind == FaultKind::kBadValue;
    report.findings.push_back(prefix + finding(kind, fault, pass.scan().recording));
  }
}

// Reads the stream of `scan` and those that go along; `look` sees its batches.
template <typename Look>
void pass_over(const Scan& scan, const Progress& progress, StreamsReport& report, Look look) {
  std::vector<StreamSummary> summaries = {{.name = scan.stream, .rows = 0, .times = {}}};
  for (const std::string& name : scan.also) {
    summaries.push_back({.name = name, .rows = 0, .times = {}});
  }
  const auto take_others = [&](Pass& pass) {
    for (size_t i = 1; i < summaries.size(); ++i) add(summaries[i], pass.take(summaries[i].name));
  };
  Pass pass(scan, false);
  pass.set_progress(progress);
  for (Batch batch; pass.next(batch);) {
    look(batch);
    add(summaries[0], batch);
    take_others(pass);
  }
  take_others(pass);
  const bool is_apart = scan.recording.shared().events != nullptr;
  tell(pass, is_apart ? "stream '" + scan.stream + "': " : std::string(), report);
  std::ranges::move(summaries, std::back_inserter(report.streams));
}

// Damage to other columns is met only where they are decoded: rows of words come whole anyway.
Scan scan_of(const Recording& recording, const std::string& stream) {
  Scan scan = recording.scan(stream);
  if (!scan.recording.format().counts_rows) {
    scan.columns = column_bit(stream_called(stream)->t);
  }
  return scan;
}

// Goes over what the file keeps apart; the work is done by then as far as `progress` knows.
void pass_over_apart(const Recording& recording, const Progress& progress, StreamsReport& report) {
  const Progress stay = [&progress](double /*share*/) { return !progress || progress(1); };
  for (const std::string& name : streams_beside(recording, true)) {
    pass_over(scan_of(recording, name), stay, report, [](const Batch&) {});
  }
}

// In the order in which the format names them.
void put_in_order(const Recording& recording, StreamsReport& report) {
  const auto number = [&](const StreamSummary& one) {
    return std::ranges::find(recording.format().streams, one.name) -
           recording.format().streams.begin();
  };
  std::ranges::sort(report.streams, {}, number);
}

}  // namespace

StreamsReport survey_streams(const Recording& recording, const Progress& progress) {
  const Recording read = lenient(recording);
  StreamsReport report;
  std::vector<std::string> together = streams_beside(read, false);
  if (!together.empty()) {
    Scan scan = scan_of(read, together.front());
    scan.also.assign(together.begin() + 1, together.end());
    begin_pass(read.shared());
    pass_over(scan, progress, report, [](const Batch&) {});
  }
  pass_over_apart(read, progress, report);
  put_in_order(read, report);
  return report;
}

Validation validate(const Recording& recording, const Progress& progress) {
  const Recording read = lenient(recording);
  Scan scan = scan_of(read, std::string(kEvents));
  scan.also = streams_beside(read, false);
  Validation found;
  begin_pass(read.shared());
  int64_t greatest = INT64_MIN;
  pass_over(scan, progress, found, [&](const Batch& batch) {
    const auto* t = batch.column<int64_t>(kT);
    for (size_t i = 0; i < batch.size(); ++i) {
      greatest = std::max(greatest, t[i]);
      found.largest_step_back = std::max(found.largest_step_back, greatest - t[i]);
    }
  });
  found.events = found.streams.front().rows;
  found.time_range = found.streams.front().times;
  found.streams.erase(found.streams.begin());
  pass_over_apart(read, progress, found);
  put_in_order(read, found);
  const Faults& lost = recording.shared().faults;
  found.faults.add(lost);
  found.damaged |= lost[FaultKind::kCorrupt].count != 0;
  std::ranges::move(losses_of(recording), std::back_inserter(found.findings));
  return found;
}

}  // namespace evarrow
