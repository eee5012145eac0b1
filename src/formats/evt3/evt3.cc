// SPDX-License-Identifier: Apache-2.0
// EVT 3.0: rows, columns and times come in words of their own; vectors give up to 12 events.
// Source: https://docs.prophesee.ai/stable/data/encoding_formats/evt3.html
#include "formats/evt3/evt3.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "formats/cursor.h"
#include "formats/evt3/state.h"
#include "formats/evt3/words.h"
#include "formats/misfit.h"
#include "formats/prophesee/header.h"
#include "kernels/evt3.h"
#include "kernels/rows.h"

namespace evarrow::evt3 {
namespace {

constexpr size_t kWord = sizeof(uint16_t);
constexpr uint32_t kColumnEnd = INT16_MAX + 1;  // x past it does not fit a column

uint32_t load(const std::byte* bytes, size_t i) noexcept {
  uint16_t word;
  std::memcpy(&word, bytes + i * kWord, kWord);
  return word;
}

class Evt3Decoder final : public Decoder {
 public:
  Evt3Decoder(const Header& header, const DecodeOptions& options)
      : options_(options), kernel_(kernels::evt3_kernel()) {
    const bool known = header.width > 0 && header.height > 0;
    width_ = known ? static_cast<uint32_t>(header.width) : kColumnEnd;
    height_ = known ? static_cast<uint32_t>(header.height) : kColumnEnd;
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    kernels::Columns columns = columns_of(out.events, scratch_);
    payload_offset_ = offset_;
    size_t read = 0;
    while (read < words) {
      read += run_kernel(in.data() + read * kWord, words - read, columns);
      // What the kernel does not do: rare words, the last rows, events outside the sensor.
      const size_t stop = std::min(words, read + kSlowWords);
      const size_t before = read;
      while (read < stop && take_word(load(in.data(), read), out, columns)) {
        ++read;
        offset_ += kWord;
      }
      if (read < stop || read == before) break;
    }
    if (payload_offset_ != offset_) state_.end_payload();
    commit(out.events, columns);
    return read * kWord;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    const size_t words = in.size() / kWord;
    payload_offset_ = offset_;
    size_t read = 0;
    while (read < words) {
      read += summarize_fast(in.data() + read * kWord, words - read, summary);
      const size_t slow = kernel_ == nullptr ? words : std::min(words - read, kSlowWords);
      summarize_words(in.data() + read * kWord, slow, summary);
      read += slow;
    }
    if (payload_offset_ != offset_) state_.end_payload();
    return read * kWord;
  }

  DecoderState state() const noexcept override { return pack(state_); }
  void set_state(const DecoderState& state) noexcept override { state_ = unpack(state); }

 private:
  static constexpr size_t kSlowWords = 16;

  size_t run_kernel(const std::byte* bytes, size_t words, kernels::Columns& columns) noexcept {
    if (kernel_ == nullptr || !state_.rows_count() || state_.y >= height_) return 0;
    kernels::Evt3State fast{.lap_time = state_.epoch,
                            .high = state_.high,
                            .low = state_.low,
                            .y = state_.y,
                            .base = state_.base,
                            .base_polarity = state_.base_polarity,
                            .has_base = state_.has_base,
                            .width = width_,
                            .height = height_,
                            .off = options_.off};
    const size_t read = kernel_(bytes, words, columns, fast);
    state_.high = fast.high;
    state_.low = fast.low;
    state_.y = fast.y;
    state_.base = fast.base;
    state_.base_polarity = fast.base_polarity;
    state_.has_base = fast.has_base;
    offset_ += read * kWord;
    return read;
  }

  // The words that the kernel takes, decoded for their times alone.
  size_t summarize_fast(const std::byte* bytes, size_t words, Summary& summary) noexcept {
    constexpr size_t kRows = 1024;
    alignas(64) int64_t times[kRows];
    kernels::Columns columns = columns_of(nullptr, scratch_);
    columns.t = times;
    columns.t_stride = 1;
    columns.capacity = kRows;
    size_t read = 0;
    do {
      columns.size = 0;
      read += run_kernel(bytes + read * kWord, words - read, columns);
      summary.events += columns.size;
      loops_.widen_range(times, columns.size, summary.t_min, summary.t_max);
    } while (columns.size >= kRows / 2);
    return read;
  }

  void summarize_words(const std::byte* bytes, size_t words, Summary& summary) noexcept {
    State s = state_;
    Summary sum = summary;
    // Time only changes at clock words: its range is noted when events were seen since.
    uint64_t noted = sum.events;
    const auto note_time = [&] {
      if (sum.events == noted) return;
      noted = sum.events;
      sum.t_min = std::min(sum.t_min, s.time());
      sum.t_max = std::max(sum.t_max, s.time());
    };
    for (size_t i = 0; i < words; ++i, offset_ += kWord) {
      const uint32_t word = load(bytes, i);
      switch (type(word)) {
        case kAddrX:
          sum.events += s.rows_count() && is_kept(s, coordinate(word)) ? 1 : 0;
          break;
        case kVect12:
          sum.events += static_cast<unsigned>(std::popcount(kept_bits(s, content(word))));
          advance_base(s, 12);
          break;
        case kVect8:
          sum.events += static_cast<unsigned>(std::popcount(kept_bits(s, content(word) & 0xFF)));
          advance_base(s, 8);
          break;
        case kTimeLow:
        case kTimeHigh:
          note_time();
          change_state(s, word);
          break;
        case kTrigger:
          sum.triggers += s.started ? 1 : 0;
          break;
        case kOthers:
          change_state(s, word);
          payload_offset_ = offset_ + kWord;
          break;
        case kContinued12:
        case kContinued4:
          if (payload_offset_ != offset_) s.end_payload();
          if (s.add_payload(payload_bits(word))) s.end_payload();
          payload_offset_ = offset_ + kWord;
          break;
        default:
          change_state(s, word);
      }
    }
    note_time();
    state_ = s;
    summary = sum;
  }

  // The words that only change the state.
  static void change_state(State& s, uint32_t word) noexcept {
    if (type(word) == kTimeHigh) return s.set_high(content(word));
    if (!s.started) return;
    switch (type(word)) {
      case kAddrY:
        s.y = coordinate(word);
        s.has_row = true;
        s.other_row = false;
        break;
      case kOtherRow:
        s.other_row = true;
        break;
      case kVectBaseX:
        s.base = coordinate(word);
        s.base_polarity = polarity_bit(word);
        s.has_base = true;
        break;
      case kTimeLow:
        s.low = content(word);
        break;
      case kOthers:
        s.begin_payload(content(word));
        break;
      default:
        break;
    }
  }

  static void advance_base(State& s, uint32_t by) noexcept {
    if (s.has_base) s.base = std::min(s.base + by, kColumnEnd);
  }

  bool is_outside(const State& s, uint32_t x) const noexcept {
    return x >= width_ || s.y >= height_;
  }
  bool is_kept(const State& s, uint32_t x) const noexcept {
    return !options_.drop_out_of_sensor || !is_outside(s, x);
  }

  // The bits of a vector that lie left of `x_end`.
  static uint32_t bits_before(const State& s, uint32_t bits, uint32_t x_end) noexcept {
    if (s.base >= x_end) return 0;
    return x_end - s.base >= 12 ? bits : bits & ((1U << (x_end - s.base)) - 1U);
  }

  // The bits of a vector that give rows.
  uint32_t kept_bits(const State& s, uint32_t bits) const noexcept {
    if (!s.rows_count() || !s.has_base) return 0;
    if (!options_.drop_out_of_sensor) return bits_before(s, bits, kColumnEnd);
    return s.y < height_ ? bits_before(s, bits, std::min(width_, kColumnEnd)) : 0;
  }

  // False if the word's rows do not fit.
  bool take_word(uint32_t word, const Batches& out, kernels::Columns& columns) noexcept {
    switch (type(word)) {
      case kAddrX:
        return take_event(word, columns);
      case kVect12:
        return take_vector(content(word), 12, columns);
      case kVect8:
        return take_vector(content(word) & 0xFF, 8, columns);
      case kTrigger:
        return take_trigger(word, out);
      case kContinued12:
      case kContinued4:
        return take_continued(word, out);
      case kOthers:
        change_state(state_, word);
        payload_offset_ = offset_ + kWord;
        return true;
      default:
        if ((kUndefined >> type(word) & 1) != 0) faults_.add(FaultKind::kUnknownWord, offset_);
        change_state(state_, word);
        return true;
    }
  }

  bool take_event(uint32_t word, kernels::Columns& columns) noexcept {
    if (!state_.rows_count()) {
      if (!state_.other_row) faults_.add(FaultKind::kBeforeClock, offset_);
      return true;
    }
    const uint32_t x = coordinate(word);
    const bool kept = is_kept(state_, x);
    if (kept && columns.room() == 0) return false;
    if (is_outside(state_, x)) faults_.add(FaultKind::kOutOfSensor, offset_);
    if (!kept) return true;
    columns.put(static_cast<int16_t>(x), static_cast<int16_t>(state_.y), state_.time(),
                kernels::polarity_of(polarity_bit(word), options_.off));
    return true;
  }

  bool take_vector(uint32_t bits, uint32_t length, kernels::Columns& columns) noexcept {
    const uint32_t kept = kept_bits(state_, bits);
    if (columns.room() < static_cast<size_t>(std::popcount(kept))) return false;
    count_vector_faults(bits);
    const int8_t polarity = kernels::polarity_of(state_.base_polarity, options_.off);
    for (uint32_t rest = kept; rest != 0; rest &= rest - 1) {
      const auto x =
          static_cast<int16_t>(state_.base + static_cast<uint32_t>(std::countr_zero(rest)));
      columns.put(x, static_cast<int16_t>(state_.y), state_.time(), polarity);
    }
    advance_base(state_, length);
    return true;
  }

  void count_vector_faults(uint32_t bits) noexcept {
    const auto count = [&](FaultKind kind, uint32_t which) {
      if (which != 0) faults_.add(kind, offset_, static_cast<unsigned>(std::popcount(which)));
    };
    if (!state_.rows_count() || !state_.has_base) {
      if (!state_.other_row) count(FaultKind::kBeforeClock, bits);
      return;
    }
    const uint32_t inside =
        state_.y < height_ ? bits_before(state_, bits, std::min(width_, kColumnEnd)) : 0;
    count(FaultKind::kOutOfSensor, bits & ~inside);
  }

  bool take_trigger(uint32_t word, const Batches& out) noexcept {
    if (!state_.started) {
      faults_.add(FaultKind::kBeforeClock, offset_);
      return true;
    }
    return append_row(out.triggers, state_.time(), trigger_id(word),
                      kernels::polarity_of(trigger_value(word), options_.off));
  }

  // A payload is of the CONTINUED words right behind its OTHERS.
  bool take_continued(uint32_t word, const Batches& out) noexcept {
    if (payload_offset_ != offset_) state_.end_payload();
    State next = state_;
    if (next.add_payload(payload_bits(word))) {
      if (!append_row(out.rates, next.time(), static_cast<int32_t>(next.payload & 0x3F'FFFF),
                      static_cast<int8_t>(next.subtype == kRateOut))) {
        return false;
      }
      next.end_payload();
    }
    state_ = next;
    payload_offset_ = offset_ + kWord;
    return true;
  }

  DecodeOptions options_;
  kernels::Evt3Kernel kernel_;
  const kernels::TimeLoops& loops_ = kernels::time_loops();
  uint32_t width_, height_;
  State state_;
  uint64_t payload_offset_ = 0;  // of the word that would go on with the payload
  ScratchLines scratch_;
};

double misfit(Bytes payload, const Header&) noexcept {
  MisfitTally tally(uint32_t{1} << 12, kDisorder / 4096 + 1);
  for (size_t i = 0; i < payload.size() / kWord; ++i) {
    const uint32_t word = load(payload.data(), i);
    tally.word((kUndefined >> type(word) & 1) == 0);
    if (type(word) == kTimeHigh) tally.clock(content(word));
  }
  return tally.share();
}

constexpr std::string_view kExtensions[] = {".raw"};
constexpr std::string_view kStreams[] = {"events", "triggers", "rates"};

}  // namespace

constinit const Format kFormat = {
    .name = "evt3",
    .description = "Prophesee EVT 3.0 RAW",
    .specification = "https://docs.prophesee.ai/stable/data/encoding_formats/evt3.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kWord,
    .max_burst = 12,
    .state_version = 1,
    .drops_out_of_sensor = true,
    .matches = [](Bytes head) noexcept { return prophesee::matches(head, "EVT3"); },
    .read_header =
        [](Bytes head, bool trust_geometry) {
          return prophesee::read_header(head, trust_geometry, "EVT3");
        },
    .misfit = misfit,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<Evt3Decoder>(header, options); },
    .write_header = [](const Header& header,
                       const EncodeOptions&) { return prophesee::write_header(header, "EVT3"); },
    .make_encoder = make_encoder,
};

}  // namespace evarrow::evt3
