// SPDX-License-Identifier: Apache-2.0
// Everything that a decoder makes of some bytes, however they are presented to it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"
#include "evarrow/stream.h"
#include "options.h"

namespace evarrow::fuzz {

// How bytes are presented.
struct Presented {
  size_t step = SIZE_MAX;        // bytes more each time
  size_t capacity = 4096;        // rows of a batch of events
  size_t other_capacity = 4096;  // rows of a batch of triggers or rates
  size_t misalignment = 0;       // of the bytes in memory
  uint32_t columns = kAllColumns;
  bool wants_events = true;
};

// The streams beside events, triggers and rates.
using Cells = std::vector<int64_t>;
inline constexpr auto kLists = std::span(kAllStreams).subspan<3>();

// Rows by columns; those that were left out are empty.
struct Rows {
  std::vector<int16_t> x, y;
  std::vector<int64_t> t;
  std::vector<int8_t> polarity;
  std::vector<std::tuple<int64_t, int16_t, int8_t>> triggers;
  std::vector<std::tuple<int64_t, int32_t, int8_t>> rates;
  std::array<std::vector<Cells>, kLists.size()> lists;
  size_t events = 0;

  bool operator==(const Rows&) const = default;
};

// Bytes in memory of their own and of their exact size: a sanitizer sees what reads past them.
class ExactBytes {
 public:
  ExactBytes(Bytes bytes, size_t misalignment)
      : memory_(new std::byte[bytes.size() + misalignment]),
        bytes_(memory_.get() + misalignment, bytes.size()) {
    if (!bytes.empty()) std::memcpy(memory_.get() + misalignment, bytes.data(), bytes.size());
  }
  Bytes bytes() const noexcept { return bytes_; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  Bytes bytes_;
};

// A batch between other rows, as the pieces of a parallel read are: it notices if those change.
class FencedBatch {
 public:
  FencedBatch(Schema schema, size_t capacity, uint32_t columns)
      : all_(schema, capacity + 2 * kFence, columns), rows_(all_.slice(kFence, capacity)) {
    rows_.resize(0);
    each_fence([](std::byte* fence, size_t bytes) { std::memcpy(fence, kMarks.data(), bytes); });
  }

  Batch& rows() noexcept { return rows_; }

  void check_fences() {
    check(rows_.size() <= rows_.capacity(), "a batch has no more rows than it has room for");
    each_fence([](const std::byte* fence, size_t bytes) {
      check(std::memcmp(fence, kMarks.data(), bytes) == 0, "nothing is written outside a batch");
    });
  }

 private:
  static constexpr size_t kFence = 80;
  static constexpr std::array<unsigned char, kFence * 8> kMarks = [] {
    std::array<unsigned char, kFence * 8> marks{};
    marks.fill(0x5A);
    return marks;
  }();

  template <typename Visit>
  void each_fence(Visit visit) {
    for (size_t i = 0; i < all_.schema().size(); ++i) {
      if (!all_.has(i)) continue;
      const size_t width = width_of(all_.schema()[i].type);
      std::byte* column = all_.column<std::byte>(i);
      visit(column, kFence * width);
      visit(column + (kFence + rows_.capacity()) * width, kFence * width);
    }
  }

  Batch all_;
  Batch rows_;
};

template <typename T>
void append_column(const Batch& batch, size_t column, std::vector<T>& values) {
  const T* from = batch.column<T>(column);
  if (from != nullptr) values.insert(values.end(), from, from + batch.size());
}

template <typename A>
void append_tuples(const Batch& batch, std::vector<std::tuple<int64_t, A, int8_t>>& rows) {
  for (size_t i = 0; i < batch.size(); ++i) {
    rows.emplace_back(batch.column<int64_t>(0)[i], batch.column<A>(1)[i],
                      batch.column<int8_t>(2)[i]);
  }
}

inline int64_t cell(const Batch& batch, size_t column, size_t row) {
  int64_t value = 0;
  const size_t width = width_of(batch.schema()[column].type);
  std::memcpy(&value, batch.bytes(column) + row * width, width);
  return value << (64 - 8 * width) >> (64 - 8 * width);
}

inline void append_cells(const Batch& batch, std::vector<Cells>& rows) {
  for (size_t i = 0; i < batch.size(); ++i) {
    Cells& row = rows.emplace_back();
    for (size_t j = 0; j < batch.schema().size(); ++j) row.push_back(cell(batch, j, i));
  }
}

// One decoder run over bytes; its batches are emptied into `rows` after every call.
class Run {
 public:
  Run(const Format& format, Decoder& decoder, Presented how)
      : format_(format),
        decoder_(decoder),
        how_(how),
        events_(kEventFields, how.capacity, how.columns),
        burst_(kEventFields, format.max_burst, how.columns),
        triggers_(kTriggerFields, how.other_capacity, kAllColumns),
        rates_(kRateFields, how.other_capacity, kAllColumns) {
    for (const Stream& list : kLists) {
      lists_.emplace_back(list.schema, how.other_capacity, kAllColumns);
    }
  }

  // Decodes all whole words of `bytes`.
  Rows over(Bytes bytes) {
    Rows rows;
    size_t at = 0;
    size_t end = std::min(how_.step, bytes.size());
    while (true) {
      const ExactBytes piece(bytes.subspan(at, end - at), how_.misalignment);
      at += decode_piece(piece.bytes(), rows);
      if (end == bytes.size()) return rows;
      end += std::min(how_.step, bytes.size() - end);
    }
  }

 private:
  // Decodes the whole words of a piece, as often as it takes.
  size_t decode_piece(Bytes piece, Rows& rows) {
    size_t at = 0;
    bool stuck = false;
    while (true) {
      FencedBatch& events = stuck ? burst_ : events_;
      const Bytes in = piece.subspan(at);
      const uint64_t offset = decoder_.offset();
      const size_t read = decoder_.decode(in, batches_with(events));
      check(read <= in.size() && read % format_.word_size == 0, "whole words are read");
      check(decoder_.offset() == offset + read, "the offset is that of the next word");
      at += read;
      const bool words_left = piece.size() - at >= format_.word_size;
      check(!words_left || lacks_room(events), "a decoder stops only if there is no room");
      check(!words_left || !stuck || read != 0, "one word fits a batch of the largest burst");
      take_rows(events, rows);
      if (!words_left) return at;
      stuck = read == 0;
    }
  }

  Batches batches_with(FencedBatch& events) {
    Batches batches{.events = how_.wants_events ? &events.rows() : nullptr,
                    .triggers = &triggers_.rows(),
                    .rates = &rates_.rows()};
    for (size_t i = 0; i < kLists.size(); ++i) batches.*kLists[i].rows = &lists_[i].rows();
    return batches;
  }

  bool lacks_room(FencedBatch& events) {
    return (how_.wants_events && events.rows().room() < format_.max_burst) ||
           std::ranges::any_of(lists_, [](FencedBatch& list) { return list.rows().room() == 0; }) ||
           triggers_.rows().room() == 0 || rates_.rows().room() == 0;
  }

  void take_rows(FencedBatch& events, Rows& rows) {
    append_column(events.rows(), kX, rows.x);
    append_column(events.rows(), kY, rows.y);
    append_column(events.rows(), kT, rows.t);
    append_column(events.rows(), kPolarity, rows.polarity);
    rows.events += events.rows().size();
    append_tuples(triggers_.rows(), rows.triggers);
    append_tuples(rates_.rows(), rows.rates);
    for (size_t i = 0; i < lists_.size(); ++i) append_cells(lists_[i].rows(), rows.lists[i]);
    for (FencedBatch* batch : {&events, &triggers_, &rates_}) empty(*batch);
    for (FencedBatch& batch : lists_) empty(batch);
  }

  static void empty(FencedBatch& batch) {
    batch.check_fences();
    batch.rows().resize(0);
  }

  const Format& format_;
  Decoder& decoder_;
  Presented how_;
  FencedBatch events_, burst_, triggers_, rates_;
  std::vector<FencedBatch> lists_;
};

}  // namespace evarrow::fuzz
