// SPDX-License-Identifier: Apache-2.0
// DAT: one 64-bit record for an event, a trigger or an event rate, with all of its time.
// Source: https://docs.prophesee.ai/stable/data/file_formats/dat.html
#include "formats/dat/dat.h"

#include <algorithm>
#include <cstring>

#include "formats/clock32.h"
#include "formats/cursor.h"
#include "formats/dat/header.h"
#include "formats/dat/words.h"
#include "formats/misfit.h"

namespace evarrow::dat {
namespace {

constexpr size_t kWord = kRecordBytes;

uint64_t load(Bytes bytes, size_t i) noexcept {
  uint64_t word;
  std::memcpy(&word, bytes.data() + i * kWord, kWord);
  return word;
}

class DatDecoder : public Decoder {
 public:
  DecoderState state() const noexcept final {
    return {.epoch = clock_.epoch(), .words = {clock_.last(), 0, 0}};
  }

  void set_state(const DecoderState& state) noexcept final {
    clock_.set(state.epoch, static_cast<uint32_t>(state.words[0]));
  }

 protected:
  Clock32 clock_;
};

class EventDecoder final : public DatDecoder {
 public:
  EventDecoder(const Header& header, const DecodeOptions& options)
      : options_(options),
        fields_(header.layout == kEventsOf1 ? kFieldsOf1 : kFieldsOf2),
        kernel_(kernels::dat_kernel()),
        counter_(kernels::dat_counter()) {
    if (header.width > 0 && header.height > 0) {
      width_ = static_cast<uint32_t>(header.width);
      height_ = static_cast<uint32_t>(header.height);
    }
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    kernels::Columns columns = columns_of(out.events, scratch_);
    size_t read = 0;
    while (read < words) {
      kernels::DatState state = fast_state(width_, height_);
      read += take_over(state, kernel_(in.data() + read * kWord, words - read, columns, state));
      // What the kernel does not do: the last rows, events outside the sensor, a clock that starts
      // over.
      const size_t stop = std::min(words, read + kSlowWords);
      while (read < stop && take_event(load(in, read), columns)) {
        ++read;
        offset_ += kWord;
      }
      if (read < stop) break;
    }
    commit(out.events, columns);
    return read * kWord;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    const size_t words = in.size() / kWord;
    // Events outside the sensor count unless they are dropped.
    const bool drop = options_.drop_out_of_sensor;
    kernels::Count count;
    size_t read = 0;
    while (read < words) {
      kernels::DatState state = fast_state(drop ? width_ : kNoEnd, drop ? height_ : kNoEnd);
      read += take_over(state, counter_(in.data() + read * kWord, words - read, state, count));
      const size_t stop = std::min(words, read + kSlowWords);
      for (; read < stop; ++read) count_event(load(in, read), count);
    }
    count.add_to(summary);
    return words * kWord;
  }

 private:
  static constexpr size_t kSlowWords = 16;
  static constexpr uint32_t kNoEnd = INT16_MAX + 1;  // past all 14 bits of a coordinate

  uint32_t x_of(uint64_t word) const noexcept { return rest(word) & fields_.x_mask; }
  uint32_t y_of(uint64_t word) const noexcept {
    return rest(word) >> fields_.y_shift & fields_.y_mask;
  }
  bool is_outside(uint64_t word) const noexcept {
    return x_of(word) >= width_ || y_of(word) >= height_;
  }

  kernels::DatState fast_state(uint32_t width, uint32_t height) const noexcept {
    return {.fields = fields_,
            .epoch = clock_.epoch(),
            .last = clock_.last(),
            .width = width,
            .height = height,
            .off = options_.off};
  }

  size_t take_over(const kernels::DatState& state, size_t words) noexcept {
    clock_.set(clock_.epoch(), state.last);
    offset_ += words * kWord;
    return words;
  }

  // False if the record's row does not fit.
  bool take_event(uint64_t word, kernels::Columns& columns) noexcept {
    const bool outside = is_outside(word);
    const bool dropped = outside && options_.drop_out_of_sensor;
    if (!dropped && columns.room() == 0) return false;
    const int64_t t = clock_.advance(time(word));
    if (outside) faults_.add(FaultKind::kOutOfSensor, offset_);
    if (dropped) return true;
    const uint32_t on = (rest(word) >> fields_.on_shift & fields_.on_mask) != 0 ? 1 : 0;
    columns.put(static_cast<int16_t>(x_of(word)), static_cast<int16_t>(y_of(word)), t,
                kernels::polarity_of(on, options_.off));
    return true;
  }

  void count_event(uint64_t word, kernels::Count& count) noexcept {
    clock_.advance(time(word));
    if (!options_.drop_out_of_sensor || !is_outside(word)) {
      count.add(1, clock_.epoch(), time(word), time(word));
    }
    offset_ += kWord;
  }

  DecodeOptions options_;
  kernels::DatFields fields_;
  kernels::DatKernel kernel_;
  kernels::DatCounter counter_;
  uint32_t width_ = kNoEnd;
  uint32_t height_ = kNoEnd;
  ScratchLines scratch_;
};

// Records of which a file has few: triggers, or event rates.
class RowDecoder final : public DatDecoder {
 public:
  RowDecoder(bool triggers, const DecodeOptions& options)
      : triggers_(triggers), off_(options.off) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    size_t read = 0;
    while (read < words && take_row(load(in, read), out)) ++read;
    offset_ += read * kWord;
    return read * kWord;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    const size_t words = in.size() / kWord;
    for (size_t i = 0; i < words; ++i) clock_.advance(time(load(in, i)));
    if (triggers_) summary.triggers += words;
    offset_ += words * kWord;
    return words * kWord;
  }

 private:
  // False if the record's row does not fit.
  bool take_row(uint64_t word, const Batches& out) noexcept {
    Clock32 next = clock_;
    const int64_t t = next.advance(time(word));
    const bool fits =
        triggers_ ? append_row(out.triggers, t, trigger_id(rest(word)),
                               kernels::polarity_of(trigger_value(rest(word)), off_))
                  : append_row(out.rates, t, rate_count(rest(word)), rate_output(rest(word)));
    if (fits) clock_ = next;
    return fits;
  }

  bool triggers_;
  int8_t off_;
};

std::unique_ptr<Decoder> make_decoder(const Header& header, const DecodeOptions& options) {
  const bool triggers = header.layout == kTriggerLayout;
  if (triggers || header.layout == kRateLayout) {
    return std::make_unique<RowDecoder>(triggers, options);
  }
  return std::make_unique<EventDecoder>(header, options);
}

double misfit(Bytes payload, const Header& header) noexcept {
  MisfitTally tally(uint32_t{1} << 31, kDisorder / 2);
  for (size_t i = 0; i < payload.size() / kWord; ++i) {
    const uint64_t word = load(payload, i);
    const bool odd = header.layout == kEventsOf1       ? is_beyond_1(rest(word))
                     : header.layout == kTriggerLayout ? is_odd_trigger(rest(word))
                     : header.layout == kRateLayout    ? false
                                                       : is_beyond_2(rest(word));
    tally.word(!odd);
    tally.clock(time(word) >> 1);
  }
  return tally.share();
}

constexpr std::string_view kExtensions[] = {".dat"};
constexpr std::string_view kStreams[] = {"events", "triggers", "rates"};

}  // namespace

constinit const Format kFormat = {
    .name = "dat",
    .description = "Prophesee DAT",
    .specification = "https://docs.prophesee.ai/stable/data/file_formats/dat.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kWord,
    .max_burst = 1,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = matches,
    .matches_bare = could_be,
    .read_header = read_header,
    .misfit = misfit,
    .make_decoder = make_decoder,
    .write_header = write_header,
    .make_encoder = make_encoder,
};

}  // namespace evarrow::dat
