// SPDX-License-Identifier: Apache-2.0
// EVT 4.0: single events in one 32-bit word, up to 32 of one row in two.
// Source: the decoder of OpenEB, hal/cpp/include/metavision/hal/decoders/evt4.
#include "formats/evt4/evt4.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "formats/clock34.h"
#include "formats/cursor.h"
#include "formats/evt4/words.h"
#include "formats/misfit.h"
#include "formats/prophesee/header.h"

namespace evarrow::evt4 {
namespace {

constexpr size_t kWord = sizeof(uint32_t);

uint32_t load(Bytes bytes, size_t i) noexcept {
  uint32_t word;
  std::memcpy(&word, bytes.data() + i * kWord, kWord);
  return word;
}

size_t count(uint32_t pixels) noexcept { return static_cast<size_t>(std::popcount(pixels)); }

class Evt4Decoder final : public Decoder {
 public:
  Evt4Decoder(const Header& header, const DecodeOptions& options) : options_(options) {
    constexpr uint32_t kUnbounded = 1U << 16;
    const bool known = header.width > 0 && header.height > 0;
    width_ = known ? static_cast<uint32_t>(header.width) : kUnbounded;
    height_ = known ? static_cast<uint32_t>(header.height) : kUnbounded;
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    kernels::Columns columns = columns_of(out.events, scratch_);
    size_t read = 0;
    while (read < words && take_word(load(in, read), out, columns)) {
      ++read;
      offset_ += kWord;
    }
    commit(out.events, columns);
    return read * kWord;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    const size_t words = in.size() / kWord;
    for (size_t i = 0; i < words; ++i) count_word(load(in, i), summary);
    offset_ += words * kWord;
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
  // The pixels of the event or vector `word` that lie inside the sensor.
  uint32_t inside(uint32_t word, uint32_t pixels) const noexcept {
    if (y(word) >= height_ || x(word) >= width_) return 0;
    const uint32_t columns = width_ - x(word);
    return columns >= kVectorPixels ? pixels : pixels & ((1U << columns) - 1);
  }

  // What the next word can be: the pixels of a vector, the count of a rate, or anything.
  void remember(uint32_t word) noexcept {
    const bool counts = type(word) == kOther && clock_.started();
    pending_ = is_vector(word) || counts ? word : 0;
  }

  void count_word(uint32_t word, Summary& summary) noexcept {
    if (is_vector(pending_)) {
      count_pixels(pending_, word, summary);
      pending_ = 0;
      return;
    }
    if (is_event(word)) count_pixels(word, 1, summary);
    if (type(word) == kTimeHigh) clock_.set_high(time_high(word));
    if (type(word) == kTrigger && clock_.started()) ++summary.triggers;
    remember(word);
  }

  void count_pixels(uint32_t word, uint32_t pixels, Summary& summary) const noexcept {
    const uint32_t kept = options_.drop_out_of_sensor ? inside(word, pixels) : pixels;
    if (!clock_.started() || kept == 0) return;
    const int64_t t = clock_.base() + time_low(word);
    summary.events += count(kept);
    summary.t_min = std::min(summary.t_min, t);
    summary.t_max = std::max(summary.t_max, t);
  }

  // False if the word's rows do not fit.
  bool take_word(uint32_t word, const Batches& out, kernels::Columns& columns) noexcept {
    if (is_vector(pending_)) {
      if (!take_pixels(pending_, word, columns)) return false;
      pending_ = 0;
      return true;
    }
    if (is_event(word)) {
      if (!take_pixels(word, 1, columns)) return false;
    } else if (type(word) == kTimeHigh) {
      clock_.set_high(time_high(word));
    } else if (type(word) == kTrigger) {
      if (!take_trigger(word, out)) return false;
    } else if (type(word) == kContinued) {
      if (!take_rate(word, out)) return false;
    } else if (!is_defined(word)) {
      faults_.add(FaultKind::kUnknownWord, offset_);
    }
    remember(word);
    return true;
  }

  bool take_pixels(uint32_t word, uint32_t pixels, kernels::Columns& columns) noexcept {
    if (!clock_.started()) {
      if (pixels != 0) faults_.add(FaultKind::kBeforeClock, offset_, count(pixels));
      return true;
    }
    const uint32_t in_sensor = inside(word, pixels);
    const uint32_t kept = options_.drop_out_of_sensor ? in_sensor : pixels;
    if (columns.room() < count(kept)) return false;
    if (in_sensor != pixels) {
      faults_.add(FaultKind::kOutOfSensor, offset_, count(pixels & ~in_sensor));
    }
    const int64_t t = clock_.base() + time_low(word);
    const int8_t value = kernels::polarity_of(polarity(word), options_.off);
    for (uint32_t rest = kept; rest != 0; rest &= rest - 1) {
      const uint32_t at = x(word) + static_cast<uint32_t>(std::countr_zero(rest));
      columns.put(static_cast<int16_t>(at), static_cast<int16_t>(y(word)), t, value);
    }
    return true;
  }

  bool take_trigger(uint32_t word, const Batches& out) noexcept {
    if (!clock_.started()) {
      faults_.add(FaultKind::kBeforeClock, offset_);
      return true;
    }
    return append_row(out.triggers, clock_.base() + time_low(word), trigger_id(word),
                      kernels::polarity_of(trigger_value(word), options_.off));
  }

  // The word behind an OTHER: the count of an event rate counter.
  bool take_rate(uint32_t word, const Batches& out) noexcept {
    const uint32_t kind = subtype(pending_);
    if (pending_ == 0 || (kind != kRateIn && kind != kRateOut)) return true;
    return append_row(out.rates, clock_.base() + time_low(pending_), rate_count(word),
                      static_cast<int8_t>(kind == kRateOut));
  }

  DecodeOptions options_;
  uint32_t width_, height_;
  Clock34 clock_;
  uint32_t pending_ = 0;  // the OTHER or vector whose other half may come next, or 0
  ScratchLines scratch_;
};

double misfit(Bytes payload, const Header&) noexcept {
  MisfitTally tally(uint32_t{1} << 28, kDisorder / 64 + 1);
  bool pixels = false;
  for (size_t i = 0; i < payload.size() / kWord; ++i) {
    const uint32_t word = load(payload, i);
    // Pixels fit whatever they are, but a vector has some.
    tally.word(pixels ? word != 0 : is_defined(word));
    if (!pixels && type(word) == kTimeHigh) tally.clock(time_high(word));
    pixels = !pixels && is_vector(word);
  }
  return tally.share();
}

constexpr std::string_view kExtensions[] = {".raw"};
constexpr std::string_view kStreams[] = {"events", "triggers", "rates"};

}  // namespace

constinit const Format kFormat = {
    .name = "evt4",
    .description = "Prophesee EVT 4.0 RAW",
    .specification = "https://github.com/prophesee-ai/openeb",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kWord,
    .max_burst = kVectorPixels,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = [](Bytes head) noexcept { return prophesee::matches(head, "EVT4"); },
    .read_header =
        [](Bytes head, bool trust_geometry) {
          return prophesee::read_header(head, trust_geometry, "EVT4");
        },
    .misfit = misfit,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<Evt4Decoder>(header, options); },
    .write_header = [](const Header& header,
                       const EncodeOptions&) { return prophesee::write_header(header, "EVT4"); },
    .make_encoder = make_encoder,
};

}  // namespace evarrow::evt4
