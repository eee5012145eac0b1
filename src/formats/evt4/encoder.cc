// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change, and a
// vector wherever it is shorter than single events.
#include <cstdint>
#include <cstring>

#include "formats/encoding.h"
#include "formats/evt4/evt4.h"
#include "formats/evt4/words.h"
#include "formats/pixel_runs.h"
#include "formats/run_encoder.h"

namespace evarrow::evt4 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;
constexpr size_t kFewestOfAVector = 3;  // two events take two words in either form
constexpr int32_t kSize = 2048;         // pixels
constexpr int kLowBits = 6;             // of the time, in the words of events

using Clock = ClockWriter<28, kLowBits>;

struct Evt4Words {
  using State = Clock;
  static constexpr bool takes_triggers() noexcept { return true; }
  static constexpr size_t kMost = 3 * sizeof(uint32_t);

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return Clock(events.t()[i]);
  }

  static Encoded plain(const EventBatch& batch, size_t begin, size_t end, State state,
                       std::byte* to) noexcept {
    const EncodedColumns events(batch);
    std::byte* const first = to;
    const auto put = [&to](uint32_t word) {
      std::memcpy(to, &word, sizeof(word));
      to += sizeof(word);
    };
    size_t i = begin;
    while (i < end) {
      const int64_t t = events.t[i];
      const auto x = static_cast<uint16_t>(events.x[i]);
      const auto y = static_cast<uint16_t>(events.y[i]);
      if (t < 0 || (uint32_t{x} | y) >= kSize || !is_polarity(events.polarity[i])) break;
      if (!state.is_at(t)) {
        if (!state.step_to(t, kLongestSilence)) break;
        put(make_time_high(t >> kLowBits));
      }
      i += write_pixels(events, i, end, put);
    }
    return {.end = i, .bytes = static_cast<size_t>(to - first)};
  }

  size_t any(const EventBatch& batch, size_t i, size_t end, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(batch, i, row);
    write_clock(row, batch.t()[i], state, out);
    return i + write_pixels(EncodedColumns(batch), i, end,
                            [&out](uint32_t word) { append_word(out, word); });
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& state,
               EncodedBytes& out) const {
    check.check_trigger(triggers, i, row);
    const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
    write_clock(row, t, state, out);
    append_word(out, make_trigger(t, triggers.column<int16_t>(kTriggerId)[i],
                                  triggers.column<int8_t>(kTriggerPolarity)[i] > 0));
  }

  // Writes a vector or, where that is no shorter, the first event alone; returns how many events.
  template <typename Put>
  static size_t write_pixels(const EncodedColumns& events, size_t i, size_t end,
                             const Put& put) noexcept(noexcept(put(0U))) {
    const auto x = static_cast<uint32_t>(events.x[i]);
    const auto y = static_cast<uint32_t>(events.y[i]);
    const bool on = events.polarity[i] > 0;
    const int32_t x_end = std::min(events.x[i] + kVectorPixels, kSize);
    PixelRun run;
    if (may_have(kFewestOfAVector, events, i, end, x_end)) {
      run = run_from(events, i, end, events.x[i], x_end);
    }
    if (run.n < kFewestOfAVector) {
      put(make_event(kOff, on, events.t[i], x, y));
      return 1;
    }
    put(make_event(kVectorOff, on, events.t[i], x, y));
    put(run.bits);
    return run.n;
  }

  static void write_clock(RowName row, int64_t t, State& state, EncodedBytes& out) {
    state.advance(row, t, kLongestSilence,
                  [&](int64_t high) { append_word(out, make_time_high(high)); });
  }

  RowCheck check{"EVT4", kSize, kSize, 32};
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& /*header*/, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<Evt4Words>>(options.threads);
}

}  // namespace evarrow::evt4
