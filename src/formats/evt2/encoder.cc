// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change.
#include <cstring>

#include "formats/encoding.h"
#include "formats/evt2/evt2.h"
#include "formats/evt2/words.h"
#include "formats/fast_rows.h"
#include "formats/run_encoder.h"

namespace evarrow::evt2 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;
constexpr uint32_t kSize = 2048;  // pixels
constexpr int kLowBits = 6;       // of the time, in the words of events

using Clock = ClockWriter<28, kLowBits>;

struct Evt2Words {
  using State = Clock;
  static constexpr bool takes_triggers() noexcept { return true; }
  static constexpr size_t kMost = 2 * sizeof(uint32_t);

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return Clock(events.t()[i]);
  }

  Encoded plain(const EventBatch& batch, size_t begin, size_t end, State state,
                std::byte* to) const noexcept {
    const EncodedColumns events(batch);
    std::byte* const first = to;
    const auto put = [&to](uint32_t word) {
      std::memcpy(to, &word, sizeof(word));
      to += sizeof(word);
    };
    FastRows fast(kernel, events, end);
    size_t i = begin;
    for (; i < end; ++i) {
      if (fast.is_due(i) && state.is_at(events.t[i])) {
        kernels::EncodeState period = {.x_end = kSize,
                                       .y_end = kSize,
                                       .t_begin = state.high() << kLowBits,
                                       .t_bits = kLowBits};
        const kernels::EncodedWords done = fast.take(i, period, to);
        i += done.rows;
        to += done.bytes;
        if (i == end) break;
      }
      const int64_t t = events.t[i];
      const auto x = static_cast<uint16_t>(events.x[i]);
      const auto y = static_cast<uint16_t>(events.y[i]);
      const int8_t polarity = events.polarity[i];
      if (t < 0 || (uint32_t{x} | y) >= kSize || !is_polarity(polarity)) break;
      if (!state.is_at(t)) {
        if (!state.step_to(t, kLongestSilence)) break;
        put(make_time_high(t >> kLowBits));
      }
      put(make_event(polarity > 0, t, x, y));
    }
    return {.end = i, .bytes = static_cast<size_t>(to - first)};
  }

  size_t any(const EventBatch& events, size_t i, size_t /*end*/, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(events, i, row);
    const int64_t t = events.t()[i];
    write_clock(row, t, state, out);
    append_word(out, make_event(events.polarity()[i] > 0, t, events.x()[i], events.y()[i]));
    return i + 1;
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& state,
               EncodedBytes& out) const {
    check.check_trigger(triggers, i, row);
    const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
    write_clock(row, t, state, out);
    append_word(out, make_trigger(t, triggers.column<int16_t>(kTriggerId)[i],
                                  triggers.column<int8_t>(kTriggerPolarity)[i] > 0));
  }

  static void write_clock(RowName row, int64_t t, State& state, EncodedBytes& out) {
    state.advance(row, t, kLongestSilence,
                  [&](int64_t high) { append_word(out, make_time_high(high)); });
  }

  kernels::EncodeKernel kernel = kernels::encode_kernels().evt2;
  RowCheck check{"EVT2", kSize, kSize, 32};
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& /*header*/, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<Evt2Words>>(options.threads);
}

}  // namespace evarrow::evt2
