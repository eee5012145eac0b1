// SPDX-License-Identifier: Apache-2.0
// EVT 2.1: one 64-bit word for up to 32 events of one row, time and polarity.
// Source: https://docs.prophesee.ai/stable/data/encoding_formats/evt21.html
#include "formats/evt21/evt21.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "formats/clock34.h"
#include "formats/cursor.h"
#include "formats/evt21/words.h"
#include "formats/misfit.h"
#include "formats/prophesee/header.h"
#include "kernels/evt21.h"

namespace evarrow::evt21 {
namespace {

constexpr size_t kWord = sizeof(uint64_t);

class Evt21Decoder final : public Decoder {
 public:
  Evt21Decoder(const Header& header, const DecodeOptions& options)
      : options_(options),
        legacy_(header.layout == "legacy"),
        kernel_(kernels::evt21_kernel()),
        counter_(kernels::evt21_counter()) {
    const bool known = header.width > 0 && header.height > 0;
    width_ = known ? static_cast<uint32_t>(header.width) : INT16_MAX + 1;
    height_ = known ? static_cast<uint32_t>(header.height) : INT16_MAX + 1;
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const size_t words = in.size() / kWord;
    kernels::Columns columns = columns_of(out.events, scratch_);
    size_t read = 0;
    while (read < words) {
      read += run_kernel(in, read, words, columns);
      // What the kernel does not do: other words, the last rows, events outside the sensor.
      const size_t stop = std::min(words, read + kSlowWords);
      while (read < stop && take_word(load(in, read), out, columns)) {
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
    size_t read = 0;
    while (read < words) {
      read += run_counter(in, read, words, summary);
      const size_t stop = counter_ == nullptr ? words : std::min(words, read + kSlowWords);
      for (; read < stop; ++read) count_word(load(in, read), summary);
    }
    return words * kWord;
  }

  DecoderState state() const noexcept override {
    return {.epoch = clock_.epoch(), .words = {clock_.high(), 0, 0}};
  }

  void set_state(const DecoderState& state) noexcept override {
    clock_.set(state.epoch, state.words[0]);
  }

 private:
  static constexpr size_t kSlowWords = 8;

  kernels::Evt21State fast_state(uint32_t width, uint32_t height) const noexcept {
    return {.base = clock_.base(),
            .high = static_cast<uint32_t>(clock_.high()),
            .width = width,
            .height = height,
            .off = options_.off,
            .legacy = legacy_};
  }

  size_t take_over(const kernels::Evt21State& state, size_t words) noexcept {
    clock_.set(clock_.epoch(), state.high);
    offset_ += words * kWord;
    return words;
  }

  // Words of events inside the sensor and TIME_HIGH words; returns the words read.
  size_t run_kernel(Bytes in, size_t read, size_t words, kernels::Columns& columns) noexcept {
    if (kernel_ == nullptr || !clock_.started()) return 0;
    kernels::Evt21State state = fast_state(width_, height_);
    return take_over(state, kernel_(in.data() + read * kWord, words - read, columns, state));
  }

  size_t run_counter(Bytes in, size_t read, size_t words, Summary& summary) noexcept {
    if (counter_ == nullptr || !clock_.started()) return 0;
    // Events outside the sensor count unless they are dropped.
    const bool drop = options_.drop_out_of_sensor;
    kernels::Evt21State state =
        fast_state(drop ? width_ : INT16_MAX + 1, drop ? height_ : INT16_MAX + 1);
    kernels::Count count;
    const size_t n = counter_(in.data() + read * kWord, words - read, state, count);
    count.add_to(summary);
    return take_over(state, n);
  }

  void count_word(uint64_t word, Summary& summary) noexcept {
    const uint64_t kind = type(word);
    if (kind == kTimeHigh) {
      clock_.set_high(time_high(word));
    } else if (kind == kTrigger && clock_.started()) {
      ++summary.triggers;
    } else if (is_event(kind) && clock_.started() && kept_pixels(word) != 0) {
      const int64_t t = clock_.base() + time_low(word);
      summary.events += static_cast<unsigned>(std::popcount(kept_pixels(word)));
      summary.t_min = std::min(summary.t_min, t);
      summary.t_max = std::max(summary.t_max, t);
    }
    offset_ += kWord;
  }

  uint64_t load(Bytes bytes, size_t i) const noexcept {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i * kWord, kWord);
    return legacy_ ? swap_halves(word) : word;
  }

  uint32_t inside_pixels(uint64_t word) const noexcept {
    if (y(word) >= height_ || x(word) >= width_) return 0;
    const uint32_t left = width_ - x(word);
    return left >= 32 ? pixels(word) : pixels(word) & ((1U << left) - 1U);
  }

  uint32_t kept_pixels(uint64_t word) const noexcept {
    return options_.drop_out_of_sensor ? inside_pixels(word) : pixels(word);
  }

  // False if the word's rows do not fit.
  bool take_word(uint64_t word, const Batches& out, kernels::Columns& columns) noexcept {
    const uint64_t kind = type(word);
    if (is_event(kind)) return take_events(word, columns);
    if (kind == kTimeHigh) {
      clock_.set_high(time_high(word));
    } else if (kind == kTrigger && !clock_.started()) {
      faults_.add(FaultKind::kBeforeClock, offset_);
    } else if (kind == kTrigger) {
      const int8_t polarity = kernels::polarity_of(trigger_value(word), options_.off);
      return append_row(out.triggers, clock_.base() + time_low(word), trigger_id(word), polarity);
    } else if (kind == kOthers && clock_.started()) {
      return take_rate(word, out);
    }
    if ((kDefined >> kind & 1) == 0) faults_.add(FaultKind::kUnknownWord, offset_);
    return true;
  }

  bool take_events(uint64_t word, kernels::Columns& columns) noexcept {
    const auto count = [](uint32_t bits) { return static_cast<size_t>(std::popcount(bits)); };
    if (!clock_.started()) {
      if (pixels(word) != 0) {
        faults_.add(FaultKind::kBeforeClock, offset_, count(pixels(word)));
      }
      return true;
    }
    const uint32_t inside = inside_pixels(word);
    const uint32_t kept = options_.drop_out_of_sensor ? inside : pixels(word);
    if (columns.room() < count(kept)) return false;
    if (inside != pixels(word)) {
      faults_.add(FaultKind::kOutOfSensor, offset_, count(pixels(word) & ~inside));
    }
    const int64_t t = clock_.base() + time_low(word);
    const auto first_x = static_cast<int16_t>(x(word));
    const auto row_y = static_cast<int16_t>(y(word));
    const int8_t polarity = kernels::polarity_of(static_cast<uint32_t>(type(word)), options_.off);
    for (uint32_t rest = kept; rest != 0; rest &= rest - 1) {
      columns.put(static_cast<int16_t>(first_x + std::countr_zero(rest)), row_y, t, polarity);
    }
    return true;
  }

  bool take_rate(uint64_t word, const Batches& out) noexcept {
    const uint32_t kind = subtype(word);
    if ((kind != kRateIn && kind != kRateOut) || !has_count(word)) return true;
    return append_row(out.rates, clock_.base() + time_low(word), rate_count(word),
                      static_cast<int8_t>(kind == kRateOut));
  }

  DecodeOptions options_;
  bool legacy_;
  kernels::Evt21Kernel kernel_;
  kernels::Evt21Counter counter_;
  uint32_t width_, height_;
  Clock34 clock_;
  ScratchLines scratch_;
};

double misfit_of(Bytes payload, bool legacy) noexcept {
  MisfitTally tally(uint32_t{1} << 28, kDisorder / 64 + 1);
  for (size_t i = 0; i < payload.size() / kWord; ++i) {
    uint64_t word;
    std::memcpy(&word, payload.data() + i * kWord, kWord);
    if (legacy) word = swap_halves(word);
    // Cameras write events in aligned groups of 32 pixels, of which at least one is set.
    const bool group = pixels(word) != 0 && x(word) % 32 == 0;
    tally.word((kDefined >> type(word) & 1) != 0 && (!is_event(type(word)) || group));
    if (type(word) == kTimeHigh) tally.clock(time_high(word));
  }
  return tally.share();
}

// A header of another format names no order: then whichever suits the words better.
double misfit(Bytes payload, const Header& header) noexcept {
  if (header.layout.empty()) {
    return std::min(misfit_of(payload, false), misfit_of(payload, true));
  }
  return misfit_of(payload, header.layout == "legacy");
}

// The header often names no order, and what its camera stands for may be wrong: the words know.
Header read_header(Bytes head, bool trust_geometry) {
  constexpr size_t kLookedAt = 64 * 1024;
  constexpr double kBad = 0.05;
  // Of fewer words one that is unusual, such as one without pixels, would count for too much.
  constexpr size_t kEnough = 8;
  Header header = prophesee::read_header(head, trust_geometry, "EVT21");
  Bytes payload = head.subspan(header.payload);
  payload = payload.first(std::min(payload.size(), kLookedAt));
  const bool legacy = header.layout == "legacy";
  const double as_named = misfit_of(payload, legacy);
  const double as_other = misfit_of(payload, !legacy);
  const bool fits_badly = as_named > kBad && payload.size() / kWord >= kEnough;
  // All words misfit where there is no clock word.
  if (as_named == 1 ? as_other < 1 : fits_badly && as_other < as_named / 8) {
    const std::string other = legacy ? "little" : "legacy";
    header.notes.push_back("the words are in " + other + " order, not in the " + header.layout +
                           " order that the header stands for");
    header.layout = other;
  }
  return header;
}

constexpr std::string_view kExtensions[] = {".raw"};
constexpr std::string_view kStreams[] = {"events", "triggers", "rates"};

}  // namespace

constinit const Format kFormat = {
    .name = "evt21",
    .description = "Prophesee EVT 2.1 RAW",
    .specification = "https://docs.prophesee.ai/stable/data/encoding_formats/evt21.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kWord,
    .max_burst = 32,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = [](Bytes head) noexcept { return prophesee::matches(head, "EVT21"); },
    .read_header = read_header,
    .misfit = misfit,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<Evt21Decoder>(header, options); },
    .write_header = [](const Header& header,
                       const EncodeOptions&) { return prophesee::write_header(header, "EVT21"); },
    .make_encoder = make_encoder,
};

}  // namespace evarrow::evt21
