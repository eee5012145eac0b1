// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change; one word
// for the events of one time, row and polarity to the right of one another in 32 aligned pixels.
#include <cstring>

#include "formats/encoding.h"
#include "formats/evt21/evt21.h"
#include "formats/evt21/words.h"
#include "formats/pixel_runs.h"
#include "formats/run_encoder.h"

namespace evarrow::evt21 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;

constexpr int32_t kSize = 2048;  // pixels
constexpr int32_t kGroup = 32;   // pixels of a word
constexpr int kLowBits = 6;      // of the time, in the words of events

using Clock = ClockWriter<28, kLowBits>;

struct Evt21Words {
  using State = Clock;
  static constexpr bool takes_triggers() noexcept { return true; }
  static constexpr size_t kMost = 2 * sizeof(uint64_t);

  explicit Evt21Words(const Header& header) : legacy(header.layout == "legacy") {}

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return Clock(events.t()[i]);
  }

  Encoded plain(const EventBatch& batch, size_t begin, size_t end, State state,
                std::byte* to) const noexcept {
    const EncodedColumns events(batch);
    std::byte* const first = to;
    const auto put = [&](uint64_t word) {
      const uint64_t ordered = in_order(word);
      std::memcpy(to, &ordered, sizeof(ordered));
      to += sizeof(ordered);
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
      const PixelRun run = run_in_group(events, i, end);
      put(make_pixels(events, i, run));
      i += run.n;
    }
    return {.end = i, .bytes = static_cast<size_t>(to - first)};
  }

  size_t any(const EventBatch& batch, size_t i, size_t end, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(batch, i, row);
    const EncodedColumns events(batch);
    write_clock(row, events.t[i], state, out);
    const PixelRun run = run_in_group(events, i, end);
    append_word(out, in_order(make_pixels(events, i, run)));
    return i + run.n;
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& state,
               EncodedBytes& out) const {
    check.check_trigger(triggers, i, row);
    const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
    const auto id = static_cast<uint64_t>(triggers.column<int16_t>(kTriggerId)[i]);
    const uint64_t on = triggers.column<int8_t>(kTriggerPolarity)[i] > 0 ? 1 : 0;
    write_clock(row, t, state, out);
    append_word(out, in_order(make_word(kTrigger, t, id << 40 | on << 32)));
  }

  static int32_t group_of(int32_t x) noexcept { return x / kGroup * kGroup; }

  static PixelRun run_in_group(const EncodedColumns& events, size_t i, size_t end) noexcept {
    const int32_t base = group_of(events.x[i]);
    return run_from(events, i, end, base, base + kGroup);
  }

  static uint64_t make_pixels(const EncodedColumns& events, size_t i,
                              const PixelRun& run) noexcept {
    return make_word(events.polarity[i] > 0 ? kOn : kOff, events.t[i],
                     static_cast<uint64_t>(group_of(events.x[i])) << 43 |
                         static_cast<uint64_t>(events.y[i]) << 32 | run.bits);
  }

  uint64_t in_order(uint64_t word) const noexcept { return legacy ? swap_halves(word) : word; }

  void write_clock(RowName row, int64_t t, State& state, EncodedBytes& out) const {
    state.advance(row, t, kLongestSilence,
                  [&](int64_t high) { append_word(out, in_order(make_time_high(high))); });
  }

  bool legacy;
  RowCheck check{"EVT2.1", kSize, kSize, 32};
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<Evt21Words>>(options.threads, header);
}

}  // namespace evarrow::evt21
