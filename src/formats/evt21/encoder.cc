// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change; one word
// for the events of one time, row and polarity to the right of one another in 32 aligned pixels.
#include "formats/encoding.h"
#include "formats/evt21/evt21.h"
#include "formats/evt21/words.h"

namespace evarrow::evt21 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;

class Evt21Encoder final : public Encoder {
 public:
  explicit Evt21Encoder(const Header& header) : legacy_(header.layout == "legacy") {}

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    size_t done = 0;  // events before it are written: a word takes several at once
    merge_rows(
        events, triggers,
        [&](size_t i) {
          if (i >= done) done = i + write_events(events, i, out);
        },
        [&](size_t i) {
          const RowName row = check_.trigger(triggers, i);
          const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
          const auto id = static_cast<uint64_t>(triggers.column<int16_t>(kTriggerId)[i]);
          const uint64_t on = triggers.column<int8_t>(kTriggerPolarity)[i] > 0 ? 1 : 0;
          write_clock(row, t, out);
          put(make_word(kTrigger, t, id << 40 | on << 32), out);
        });
  }

 private:
  size_t write_events(const EventBatch& events, size_t i, EncodedBytes& out) {
    const RowName row = check_.event(events, i);
    const int64_t t = events.t()[i];
    write_clock(row, t, out);
    const int32_t base = events.x()[i] / 32 * 32;
    int32_t last = events.x()[i];
    uint32_t pixels = 1U << (last - base);
    size_t n = 1;
    for (; i + n < events.size(); ++n) {
      const size_t at = i + n;
      const int32_t x = events.x()[at];
      const bool same = events.t()[at] == t && events.y()[at] == events.y()[i] &&
                        is_same_polarity(events.polarity()[at], events.polarity()[i]);
      if (!same || x <= last || x >= base + 32) break;
      check_.event(events, at);
      pixels |= 1U << (x - base);
      last = x;
    }
    put(make_word(events.polarity()[i] > 0 ? kOn : kOff, t,
                  static_cast<uint64_t>(base) << 43 | static_cast<uint64_t>(events.y()[i]) << 32 |
                      pixels),
        out);
    return n;
  }

  void write_clock(RowName row, int64_t t, EncodedBytes& out) {
    clock_.advance(row, t, kLongestSilence, [&](int64_t high) { put(make_time_high(high), out); });
  }

  void put(uint64_t word, EncodedBytes& out) const {
    append_word(out, legacy_ ? swap_halves(word) : word);
  }

  bool legacy_;
  RowCheck check_{"EVT2.1", 2048, 2048, 32};
  ClockWriter<28, 6> clock_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& /*options*/) {
  return std::make_unique<Evt21Encoder>(header);
}

}  // namespace evarrow::evt21
