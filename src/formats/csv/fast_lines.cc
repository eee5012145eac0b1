// SPDX-License-Identifier: Apache-2.0
#include "formats/csv/fast_lines.h"

namespace evarrow::csv {
namespace {

constexpr size_t kFewBytes = 256;  // that are not worth a try
constexpr uint32_t kPause = 64;    // lines that are not tried after that
constexpr int64_t kFar = int64_t{1} << 60;

}  // namespace

FastLines::FastLines(const Columns& columns, const Bounds& bounds, int8_t off) noexcept {
  const bool fits = columns.count <= kernels::kMostTextFields;
  if (!fits) read_ = nullptr;
  if (!fits) count_ = nullptr;
  state_.width = static_cast<uint32_t>(bounds.width());
  state_.height = static_cast<uint32_t>(bounds.height());
  state_.off = off;
  kernels::TextFields& fields = state_.fields;
  fields.count = static_cast<uint32_t>(columns.count);
  fields.time_power = columns.time_power;
  for (uint32_t i = 0; fits && i < fields.count; ++i) {
    if (columns.role[i] == kX) fields.x = i;
    if (columns.role[i] == kY) fields.y = i;
    if (columns.role[i] == kT) fields.t = i;
    if (columns.role[i] == kPolarity) fields.polarity = i;
  }
}

bool FastLines::goes(int64_t epoch) noexcept {
  if (read_ == nullptr || !knows_lines_ || epoch >= kFar || epoch <= -kFar) return false;
  state_.epoch = epoch;
  if (waits_ != 0) --waits_;
  return waits_ == 0;
}

size_t FastLines::went(size_t from, size_t to) noexcept {
  if (to - from < kFewBytes) waits_ = kPause;
  return to;
}

size_t FastLines::run(std::string_view text, size_t at, size_t end, int64_t epoch,
                      RowSink& sink) noexcept {
  if (!goes(epoch)) return at;
  return went(at, read_({text.data(), text.size()}, at, end, sink.columns(), state_));
}

size_t FastLines::run(std::string_view text, size_t at, size_t end, int64_t epoch,
                      SummarySink& sink) noexcept {
  if (!goes(epoch)) return at;
  kernels::Count count;
  const size_t to = count_({text.data(), text.size()}, at, end, state_, count);
  count.add_to(sink.summary());
  return went(at, to);
}

void FastLines::learn(std::string_view line) noexcept {
  kernels::TextFields& fields = state_.fields;
  uint32_t field = 0;
  bool in_front = true;  // of the number of a field
  knows_lines_ = false;
  for (const char c : line) {
    const bool ends = is_separator(c) || c == '\r' || c == '\n';
    if (field == fields.t && in_front) fields.has_point = false;
    if (field == fields.t && c == '.') fields.has_point = true;
    if (field == fields.polarity && c == '-') fields.has_sign = true;
    in_front = ends;
    if (!ends) continue;
    if (field == 0) fields.separator = c;
    fields.last = c;
    if (++field == fields.count) break;
  }
  knows_lines_ = field == fields.count && (fields.last == '\r' || fields.last == '\n');
}

}  // namespace evarrow::csv
