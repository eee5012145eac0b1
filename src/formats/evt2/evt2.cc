// SPDX-License-Identifier: Apache-2.0
// EVT 2.0: one 32-bit word an event; time is split over two words.
// Source: https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html
#include "formats/evt2/evt2.h"

#include <algorithm>
#include <cstring>

#include "formats/clock34.h"
#include "formats/cursor.h"
#include "formats/evt2/words.h"
#include "formats/misfit.h"
#include "formats/prophesee/header.h"
#include "kernels/evt2.h"

namespace evarrow::evt2 {
namespace {

constexpr size_t kWord = sizeof(uint32_t);

uint32_t load(Bytes bytes, size_t i) noexcept {
  uint32_t word;
  std::memcpy(&word, bytes.data() + i * kWord, kWord);
  return word;
}

class Evt2Decoder final : public Decoder {
 public:
  Evt2Decoder(const Header& header, const DecodeOptions& options)
      : options_(options), kernel_(kernels::evt2_kernel()), counter_(kernels::evt2_counter()) {
    const bool known = header.width > 0 && header.height > 0;
    width_ = known ? header.width : INT16_MAX + 1;
    height_ = known ? header.height : INT16_MAX + 1;
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    kernels::Columns columns = columns_of(out.events, scratch_);
    size_t read = 0;
    while (read < words) {
      read += run_kernel(in, read, words, columns);
      // What the kernel does not do: other words, the last rows, events outside the sensor.
      const size_t stop = std::min(words, read + kSlowWords);
      const size_t before = read;
      while (read < stop && take_word(load(in, read), out, columns)) {
        ++read;
        offset_ += kWord;
      }
      if (read < stop || read == before) break;
    }
    commit(out.events, columns);
    return read * kWord;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    const size_t words = in.size() / kWord;
    size_t read = 0;
    while (read < words) {
      read += run_counter(in, read, words, summary);
      const size_t stop = counter_ == nullptr ? words : std::min(words, read + kSlowWords);
      for (; read < stop; ++read) count_word(load(in, read), summary);
    }
    return words * kWord;
  }

  DecoderState state() const noexcept override {
    return {.epoch = clock_.epoch(), .words = {clock_.high(), pending_, 0}};
  }

  void set_state(const DecoderState& state) noexcept override {
    clock_.set(state.epoch, state.words[0]);
    pending_ = static_cast<uint32_t>(state.words[1]);
  }

 private:
  static constexpr size_t kSlowWords = 32;

  bool is_outside(uint32_t word) const noexcept { return x(word) >= width_ || y(word) >= height_; }

  kernels::Evt2State fast_state(int32_t width, int32_t height) const noexcept {
    return {.base = clock_.base(),
            .high = static_cast<uint32_t>(clock_.high()),
            .width = static_cast<uint32_t>(width),
            .height = static_cast<uint32_t>(height),
            .off = options_.off};
  }

  // A kernel stops in front of anything but events and clock words.
  size_t take_over(const kernels::Evt2State& state, size_t words) noexcept {
    clock_.set(clock_.epoch(), state.high);
    offset_ += words * kWord;
    if (state.seen_clock) pending_ = 0;
    return words;
  }

  size_t run_counter(Bytes in, size_t read, size_t words, Summary& summary) noexcept {
    if (counter_ == nullptr || !clock_.started()) return 0;
    // Events outside the sensor count unless they are dropped.
    const bool drop = options_.drop_out_of_sensor;
    kernels::Evt2State state =
        fast_state(drop ? width_ : INT16_MAX + 1, drop ? height_ : INT16_MAX + 1);
    kernels::Count count;
    const size_t n = counter_(in.data() + read * kWord, words - read, state, count);
    count.add_to(summary);
    return take_over(state, n);
  }

  void count_word(uint32_t word, Summary& summary) noexcept {
    const uint32_t kind = type(word);
    if (is_event(kind)) {
      if (clock_.started() && !(options_.drop_out_of_sensor && is_outside(word))) {
        const int64_t t = clock_.base() + time_low(word);
        ++summary.events;
        summary.t_min = std::min(summary.t_min, t);
        summary.t_max = std::max(summary.t_max, t);
      }
    } else {
      if (kind == kTimeHigh) clock_.set_high(time_high(word));
      if (kind == kTrigger && clock_.started()) ++summary.triggers;
      pending_ = kind == kOther && clock_.started() ? word : 0;
    }
    offset_ += kWord;
  }

  // Runs of events and TIME_HIGH words inside the sensor; returns the words read.
  size_t run_kernel(Bytes in, size_t read, size_t words, kernels::Columns& columns) noexcept {
    if (kernel_ == nullptr || !clock_.started()) return 0;
    kernels::Evt2State state = fast_state(width_, height_);
    return take_over(state, kernel_(in.data() + read * kWord, words - read, columns, state));
  }

  // False if the word's row does not fit.
  bool take_word(uint32_t word, const Batches& out, kernels::Columns& columns) noexcept {
    const uint32_t kind = type(word);
    if (is_event(kind)) return take_event(word, columns);
    if (kind == kTimeHigh) {
      clock_.set_high(time_high(word));
    } else if (!clock_.started()) {
      if (kind == kTrigger) faults_.add(FaultKind::kBeforeClock, offset_);
    } else if (kind == kTrigger) {
      const int8_t polarity = kernels::polarity_of(trigger_value(word), options_.off);
      if (!append_row(out.triggers, clock_.base() + time_low(word), trigger_id(word), polarity)) {
        return false;
      }
    } else if (kind == kContinued && !take_rate(word, out)) {
      return false;
    }
    if ((kDefined >> kind & 1) == 0) faults_.add(FaultKind::kUnknownWord, offset_);
    pending_ = kind == kOther && clock_.started() ? word : 0;
    return true;
  }

  bool take_event(uint32_t word, kernels::Columns& columns) noexcept {
    if (!clock_.started()) {
      faults_.add(FaultKind::kBeforeClock, offset_);
      return true;
    }
    const bool outside = is_outside(word);
    const bool dropped = outside && options_.drop_out_of_sensor;
    if (!dropped && columns.room() == 0) return false;
    if (outside) faults_.add(FaultKind::kOutOfSensor, offset_);
    if (dropped) return true;
    columns.put(x(word), y(word), clock_.base() + time_low(word),
                kernels::polarity_of(type(word), options_.off));
    return true;
  }

  // The word behind an OTHER: the count of an event rate counter.
  bool take_rate(uint32_t word, const Batches& out) noexcept {
    const uint32_t kind = subtype(pending_);
    if (pending_ == 0 || (kind != kRateIn && kind != kRateOut)) return true;
    return append_row(out.rates, clock_.base() + time_low(pending_), rate_count(word),
                      static_cast<int8_t>(kind == kRateOut));
  }

  DecodeOptions options_;
  kernels::Evt2Kernel kernel_;
  kernels::Evt2Counter counter_;
  int32_t width_, height_;
  Clock34 clock_;
  uint32_t pending_ = 0;  // the OTHER word of which a CONTINUED may follow, or 0
  ScratchLines scratch_;
};

double misfit(Bytes payload, const Header&) noexcept {
  MisfitTally tally(uint32_t{1} << 28, kDisorder / 64 + 1);
  for (size_t i = 0; i < payload.size() / kWord; ++i) {
    const uint32_t word = load(payload, i);
    tally.word((kDefined >> type(word) & 1) != 0);
    if (type(word) == kTimeHigh) tally.clock(time_high(word));
  }
  return tally.share();
}

constexpr std::string_view kExtensions[] = {".raw"};
constexpr std::string_view kStreams[] = {"events", "triggers", "rates"};

}  // namespace

constinit const Format kFormat = {
    .name = "evt2",
    .description = "Prophesee EVT 2.0 RAW",
    .specification = "https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kWord,
    .max_burst = 1,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = [](Bytes head) noexcept { return prophesee::matches(head, "EVT2"); },
    .read_header =
        [](Bytes head, bool trust_geometry) {
          return prophesee::read_header(head, trust_geometry, "EVT2");
        },
    .misfit = misfit,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<Evt2Decoder>(header, options); },
    .write_header = [](const Header& header,
                       const EncodeOptions&) { return prophesee::write_header(header, "EVT2"); },
    .make_encoder = make_encoder,
};

}  // namespace evarrow::evt2
