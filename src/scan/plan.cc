// SPDX-License-Identifier: Apache-2.0
#include "scan/plan.h"

#include <algorithm>

#include "scan/shared.h"
#include "scan/window_search.h"

namespace evarrow {
namespace {

// The predicate on the sensor's own clock.
Predicate on_sensor_clock(Predicate predicate, int64_t origin) noexcept {
  if (predicate.t_begin != INT64_MIN) predicate.t_begin = moved(predicate.t_begin, origin);
  if (predicate.t_end != INT64_MAX) predicate.t_end = moved(predicate.t_end, origin);
  return predicate;
}

// Who reads all of a recording wants to know of damage in blocks that have no event, and who reads
// triggers of damage that may have been some.
bool is_wanted(const Index& index, size_t block, const Predicate& predicate, bool events,
               bool triggers) noexcept {
  const IndexBlock& at = index.blocks[block];
  if (triggers && (index.triggers_of(block) != 0 || at.lost != 0)) return true;
  if (!events || !predicate.has_time()) return events;
  const bool before_end = predicate.t_end == INT64_MAX || at.t_min < predicate.t_end;
  return at.t_min <= at.t_max && at.t_max >= predicate.t_begin && before_end;
}

std::vector<Segment> segments_with(const Recording::Shared& shared, const Index* index,
                                   const Predicate& predicate, bool events, bool triggers) {
  std::vector<Segment> segments;
  // Without a single whole word a pass meets the end of the file all the same.
  if (index == nullptr || index->blocks.empty()) {
    const auto fresh = shared.format->make_decoder(shared.header, shared.decode);
    segments.push_back({.begin = shared.header.payload, .end = kToTheEnd, .state = fresh->state()});
    return segments;
  }
  for (size_t i = 0; i < index->blocks.size(); ++i) {
    if (!is_wanted(*index, i, predicate, events, triggers)) continue;
    const IndexBlock& block = index->blocks[i];
    if (!segments.empty() && segments.back().end == block.offset) {
      segments.back().end = index->end_of(i);
    } else {
      segments.push_back({.begin = block.offset, .end = index->end_of(i), .state = block.state});
    }
  }
  return segments;
}

}  // namespace

std::shared_ptr<const Index> index_for(const Scan& scan, const Stream& stream) {
  const Recording& recording = scan.recording;
  if (!recording.seekable()) return nullptr;
  // A time window is worth the counting pass; else an index is used where there is one.
  const bool is_main = stream.name == main_stream(recording.shared());
  const bool windowed = scan.predicate.has_time() && is_main;
  if (windowed && !scan.predicate.is_empty() && !recording.has_index()) {
    const Recording::Shared& shared = recording.shared();
    auto found = find_window(shared, on_sensor_clock(scan.predicate, origin_of(shared)));
    if (found != nullptr) return found;
  }
  return windowed || recording.has_index() ? recording.index() : nullptr;
}

std::vector<Segment> segments_of(const Scan& scan, const Stream& stream, const Index* index,
                                 int64_t origin) {
  const Recording::Shared& shared = scan.recording.shared();
  if (scan.predicate.is_empty()) return {};
  const bool is_main = stream.name == main_stream(shared);
  bool triggers = stream.name == "triggers" && !is_main;
  bool indexed = is_main || triggers;
  for (const std::string& name : scan.also) {
    if (is_apart(shared, name)) continue;
    triggers |= name == "triggers";
    indexed = indexed && name == "triggers";
  }
  if (!indexed) index = nullptr;
  return segments_with(shared, index, on_sensor_clock(scan.predicate, origin), is_main, triggers);
}

std::vector<bool> wanted_blocks(const Scan& scan, const Index& index, int64_t origin) {
  const Predicate predicate = on_sensor_clock(scan.predicate, origin);
  std::vector<bool> wanted(index.blocks.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = is_wanted(index, i, predicate, true, false);
  }
  return wanted;
}

uint64_t rows_ahead(const Scan& scan, const Index& index, int64_t origin) {
  const Predicate predicate = on_sensor_clock(scan.predicate, origin);
  uint64_t rows = 0;
  for (size_t i = 0; i < index.blocks.size(); ++i) {
    const IndexBlock& block = index.blocks[i];
    const bool ends = predicate.t_end != INT64_MAX && block.t_min >= predicate.t_end;
    if (!ends && block.t_max >= predicate.t_begin) rows += index.events_of(i);
  }
  return rows;
}

}  // namespace evarrow
