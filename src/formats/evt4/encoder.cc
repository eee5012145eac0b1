// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change, and a
// vector wherever it is shorter than single events.
#include <bit>
#include <cstdint>

#include "formats/encoding.h"
#include "formats/evt4/evt4.h"
#include "formats/evt4/words.h"

namespace evarrow::evt4 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;
constexpr int kFewestOfAVector = 3;  // two events take two words in either form

class Evt4Encoder final : public Encoder {
 public:
  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    merge_rows(
        events, triggers, [&](size_t i) { add_event(events, i, out); },
        [&](size_t i) {
          const RowName row = check_.trigger(triggers, i);
          const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
          flush(out);
          write_clock(row, t, out);
          append_word(out, make_trigger(t, triggers.column<int16_t>(kTriggerId)[i],
                                        triggers.column<int8_t>(kTriggerPolarity)[i] > 0));
        });
  }

  void finish(EncodedBytes& out) override { flush(out); }

 private:
  // Events of one time, row and polarity from x on.
  struct Run {
    int64_t t = 0;
    uint32_t x = 0;
    uint32_t y = 0;
    bool on = false;
    uint32_t pixels = 0;  // bit i: an event at x + i; 0: there is no run
  };

  void add_event(const EventBatch& events, size_t i, EncodedBytes& out) {
    const RowName row = check_.event(events, i);
    const int64_t t = events.t()[i];
    const auto x = static_cast<uint32_t>(events.x()[i]);
    const auto y = static_cast<uint32_t>(events.y()[i]);
    const bool on = events.polarity()[i] > 0;
    const bool same_row = run_.pixels != 0 && run_.t == t && run_.y == y && run_.on == on;
    const uint32_t last = run_.x + static_cast<uint32_t>(std::bit_width(run_.pixels)) - 1;
    if (same_row && x > last && x < run_.x + kVectorPixels) {
      run_.pixels |= 1U << (x - run_.x);
      return;
    }
    flush(out);
    write_clock(row, t, out);
    run_ = {.t = t, .x = x, .y = y, .on = on, .pixels = 1};
  }

  void flush(EncodedBytes& out) {
    if (std::popcount(run_.pixels) >= kFewestOfAVector) {
      append_word(out, make_event(kVectorOff, run_.on, run_.t, run_.x, run_.y));
      append_word(out, run_.pixels);
    } else {
      for (uint32_t rest = run_.pixels; rest != 0; rest &= rest - 1) {
        const uint32_t at = run_.x + static_cast<uint32_t>(std::countr_zero(rest));
        append_word(out, make_event(kOff, run_.on, run_.t, at, run_.y));
      }
    }
    run_.pixels = 0;
  }

  void write_clock(RowName row, int64_t t, EncodedBytes& out) {
    clock_.advance(row, t, kLongestSilence,
                   [&](int64_t high) { append_word(out, make_time_high(high)); });
  }

  RowCheck check_{"EVT4", 2048, 2048, 32};
  ClockWriter<28, 6> clock_;
  Run run_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& /*header*/, const EncodeOptions& /*options*/) {
  return std::make_unique<Evt4Encoder>();
}

}  // namespace evarrow::evt4
