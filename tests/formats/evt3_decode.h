// SPDX-License-Identifier: Apache-2.0
// The EVT 3.0 decoder under all the circumstances it has to cope with.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "formats/evt3_words.h"

namespace evarrow::test::evt3 {

inline constexpr const char* kLevels[] = {"scalar", "sse4", "avx2", "avx512"};

// Decoders that are made meanwhile use no more than this instruction set.
class AtLevel {
 public:
  explicit AtLevel(const char* level) {
    if (const char* before = std::getenv("EVARROW_TARGET")) before_ = before;
    setenv("EVARROW_TARGET", level, 1);
  }
  ~AtLevel() {
    if (before_.empty()) {
      unsetenv("EVARROW_TARGET");
    } else {
      setenv("EVARROW_TARGET", before_.c_str(), 1);
    }
  }
  AtLevel(const AtLevel&) = delete;
  AtLevel& operator=(const AtLevel&) = delete;

 private:
  std::string before_;
};

// How the bytes are presented.
struct Presented {
  size_t step = SIZE_MAX;        // bytes more each time
  size_t capacity = 1 << 16;     // rows of a batch of events
  size_t small_capacity = 1000;  // rows of a batch of triggers or rates
  uint32_t columns = kAllColumns;
};

inline Header header_of(Reading how) {
  Header header;
  header.format = "evt3";
  header.width = how.width;
  header.height = how.height;
  return header;
}

inline std::unique_ptr<Decoder> make_decoder(Reading how) {
  return find_format("evt3")->make_decoder(header_of(how),
                                           {.off = how.off, .drop_out_of_sensor = how.drop});
}

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

// All rows that `decoder` makes of `bytes`, a batch at a time.
inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  Rows rows;
  FencedBatch events(how.capacity, how.columns);
  FencedBatch burst(12, how.columns);  // for vectors that do not fit the other one
  Batch triggers(kTriggerFields, how.small_capacity);
  Batch rates(kRateFields, how.small_capacity);
  size_t at = 0;
  size_t end = std::min(how.step, bytes.size());
  bool stuck = false;
  while (true) {
    FencedBatch& out = stuck ? burst : events;
    const size_t read =
        decoder.decode(Bytes(bytes).subspan(at, end - at),
                       {.events = &out.rows(), .triggers = &triggers, .rates = &rates});
    at += read;
    const size_t n = out.rows().size() + triggers.size() + rates.size();
    append_events(out.rows(), rows.events);
    append_rows<int16_t, int8_t>(triggers, rows.triggers);
    append_rows<int32_t, int8_t>(rates, rows.rates);
    for (Batch* batch : {&out.rows(), &triggers, &rates}) batch->resize(0);
    const bool whole_words_left = end - at >= 2;
    const bool again = whole_words_left && stuck && n == 0 && read == 0;
    REQUIRE_FALSE_MESSAGE(again, "no progress at byte ", at);
    stuck = whole_words_left && read == 0;
    if (whole_words_left) continue;
    if (end == bytes.size()) break;
    end += std::min(how.step, bytes.size() - end);
  }
  CHECK(events.is_intact());
  CHECK(burst.is_intact());
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const Fault& fault = decoder.faults()[static_cast<FaultKind>(i)];
    rows.faults[i] = {fault.count, fault.offset};
  }
  CHECK(decoder.offset() == bytes.size() / 2 * 2);
  return rows;
}

inline Rows decode(const Words& words, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(words), presented);
}

}  // namespace evarrow::test::evt3
