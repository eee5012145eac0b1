// SPDX-License-Identifier: Apache-2.0
// The canonical form: a TIME_HIGH first and whenever the upper bits of the time change.
#include "formats/encoding.h"
#include "formats/evt2/evt2.h"
#include "formats/evt2/words.h"

namespace evarrow::evt2 {
namespace {

// TIME_HIGH words may be as far apart as a quarter of the clock's range.
constexpr int64_t kLongestSilence = int64_t{1} << 26;

class Evt2Encoder final : public Encoder {
 public:
  void encode(const EventBatch& events, const Batch& triggers,
              std::vector<std::byte>& out) override {
    merge_rows(
        events, triggers,
        [&](size_t i) {
          const RowName row = check_.event(events, i);
          const int64_t t = events.t()[i];
          write_clock(row, t, out);
          append_word(out, make_event(events.polarity()[i] > 0, t, events.x()[i], events.y()[i]));
        },
        [&](size_t i) {
          const RowName row = check_.trigger(triggers, i);
          const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
          write_clock(row, t, out);
          append_word(out, make_trigger(t, triggers.column<int16_t>(kTriggerId)[i],
                                        triggers.column<int8_t>(kTriggerPolarity)[i] > 0));
        });
  }

 private:
  void write_clock(RowName row, int64_t t, std::vector<std::byte>& out) {
    clock_.advance(row, t, kLongestSilence,
                   [&](int64_t high) { append_word(out, make_time_high(high)); });
  }

  RowCheck check_{"EVT2", 2048, 2048, 32};
  ClockWriter<28, 6> clock_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header&) { return std::make_unique<Evt2Encoder>(); }

}  // namespace evarrow::evt2
