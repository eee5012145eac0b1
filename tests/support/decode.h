// SPDX-License-Identifier: Apache-2.0
// Any decoder under all the circumstances it has to cope with.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/rows.h"

namespace evarrow::test {

// How the bytes are presented.
struct Presented {
  size_t step = SIZE_MAX;        // bytes more each time
  size_t capacity = 1 << 16;     // rows of a batch of events
  size_t small_capacity = 1000;  // rows of a batch of triggers or rates
  uint32_t columns = kAllColumns;
};

// 0 in the columns that are left out.
inline void append_events(const Batch& batch, std::vector<Event>& events) {
  const auto value = [&](const auto* column, size_t i) {
    return column == nullptr ? 0 : static_cast<int64_t>(column[i]);
  };
  for (size_t i = 0; i < batch.size(); ++i) {
    events.push_back({.t = value(batch.column<int64_t>(kT), i),
                      .x = static_cast<int>(value(batch.column<int16_t>(kX), i)),
                      .y = static_cast<int>(value(batch.column<int16_t>(kY), i)),
                      .polarity = static_cast<int>(value(batch.column<int8_t>(kPolarity), i))});
  }
}

template <typename A, typename B>
void append_rows(const Batch& batch, std::vector<Row3>& rows) {
  for (size_t i = 0; i < batch.size(); ++i) {
    rows.emplace_back(batch.column<int64_t>(0)[i], batch.column<A>(1)[i], batch.column<B>(2)[i]);
  }
}

inline int64_t cell(const Batch& batch, size_t column, size_t row) {
  switch (batch.schema()[column].type) {
    case Type::kInt8:
      return batch.column<int8_t>(column)[row];
    case Type::kInt16:
      return batch.column<int16_t>(column)[row];
    case Type::kInt32:
      return batch.column<int32_t>(column)[row];
    case Type::kInt64:
    case Type::kTime:
    case Type::kFloat64:
      break;
  }
  return batch.column<int64_t>(column)[row];
}

inline void append_cells(const Batch& batch, std::vector<Cells>& rows) {
  for (size_t i = 0; i < batch.size(); ++i) {
    Cells& row = rows.emplace_back();
    for (size_t j = 0; j < batch.schema().size(); ++j) row.push_back(cell(batch, j, i));
  }
}

// A batch that notices values written past its capacity.
class FencedBatch {
 public:
  FencedBatch(size_t capacity, uint32_t columns) : all_(capacity + kFence, columns) {
    fill(capacity);
    part_ = all_.slice(0, capacity);
    part_.resize(0);
  }
  Batch& rows() { return part_; }
  bool is_intact() const {
    for (size_t i = part_.capacity(); i < part_.capacity() + kFence; ++i) {
      if (all_.has(kX) && all_.x()[i] != kMark) return false;
      if (all_.has(kY) && all_.y()[i] != kMark) return false;
      if (all_.has(kT) && all_.t()[i] != kMark) return false;
      if (all_.has(kPolarity) && all_.polarity()[i] != kMark) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kFence = 80;
  static constexpr int8_t kMark = 0x55;

  void fill(size_t from) {
    for (size_t i = from; i < from + kFence; ++i) {
      if (all_.has(kX)) all_.x()[i] = kMark;
      if (all_.has(kY)) all_.y()[i] = kMark;
      if (all_.has(kT)) all_.t()[i] = kMark;
      if (all_.has(kPolarity)) all_.polarity()[i] = kMark;
    }
  }

  EventBatch all_;
  Batch part_;
};

// All rows that `decoder`, of `format` and fresh, makes of `bytes`, a batch at a time.
inline Rows decode_with(Decoder& decoder, const Format& format, const std::vector<std::byte>& bytes,
                        Presented how = {}) {
  Rows rows;
  FencedBatch events(how.capacity, how.columns);
  FencedBatch burst(format.max_burst, how.columns);  // for words that do not fit the other one
  Batch triggers(kTriggerFields, how.small_capacity);
  Batch rates(kRateFields, how.small_capacity);
  Batch exposures(kExposureFields, how.small_capacity);
  Batch colors(kColorFields, how.small_capacity);
  Batch messages(kMessageFields, how.small_capacity);
  Batch imu(kImuFields, how.small_capacity);
  Batch frames(kFrameFields, how.small_capacity);
  size_t at = 0;
  size_t end = std::min(how.step, bytes.size());
  bool stuck = false;
  while (true) {
    FencedBatch& out = stuck ? burst : events;
    const size_t read = decoder.decode(Bytes(bytes).subspan(at, end - at), {.events = &out.rows(),
                                                                            .triggers = &triggers,
                                                                            .rates = &rates,
                                                                            .exposures = &exposures,
                                                                            .colors = &colors,
                                                                            .messages = &messages,
                                                                            .imu = &imu,
                                                                            .frames = &frames});
    at += read;
    size_t n = 0;
    append_events(out.rows(), rows.events);
    append_rows<int16_t, int8_t>(triggers, rows.triggers);
    append_rows<int32_t, int8_t>(rates, rows.rates);
    append_cells(exposures, rows.exposures);
    append_cells(colors, rows.colors);
    append_cells(messages, rows.messages);
    append_cells(imu, rows.imu);
    append_cells(frames, rows.frames);
    for (Batch* batch :
         {&out.rows(), &triggers, &rates, &exposures, &colors, &messages, &imu, &frames}) {
      n += batch->size();
      batch->resize(0);
    }
    const bool whole_words_left = end - at >= format.word_size;
    const bool again = whole_words_left && stuck && n == 0 && read == 0;
    REQUIRE_FALSE_MESSAGE(again, "no progress at byte ", at);
    stuck = whole_words_left && read == 0;
    if (whole_words_left) continue;
    if (end == bytes.size()) break;
    end += std::min(how.step, bytes.size() - end);
  }
  CHECK(events.is_intact());
  CHECK(burst.is_intact());
  CHECK(at == bytes.size() / format.word_size * format.word_size);
  CHECK(decoder.offset() == at);
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const Fault& fault = decoder.faults()[static_cast<FaultKind>(i)];
    rows.faults[i] = {fault.count, fault.offset};
  }
  return rows;
}

// What `decoder` makes of `bytes` in pieces of `step` bytes, a multiple of the word size.
inline Summary summarize_with(Decoder& decoder, const std::vector<std::byte>& bytes, size_t step) {
  Summary summary;
  for (size_t at = 0; at < bytes.size();) {
    const size_t n = std::min(step, bytes.size() - at);
    CHECK(decoder.summarize(Bytes(bytes).subspan(at, n), summary) == n);
    at += n;
    CHECK(decoder.offset() == at);
  }
  return summary;
}

}  // namespace evarrow::test
