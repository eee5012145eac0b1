// SPDX-License-Identifier: Apache-2.0
// DAT 2: one record a row, of events or of triggers.
#include "formats/clock32.h"
#include "formats/dat/dat.h"
#include "formats/dat/words.h"
#include "formats/encoding.h"

namespace evarrow::dat {
namespace {

class DatEncoder final : public Encoder {
 public:
  explicit DatEncoder(const Header& header) : of_triggers_(header.layout == kTriggerLayout) {}

  bool takes_triggers() const noexcept override { return of_triggers_; }

  void encode(const EventBatch& events, const Batch& triggers,
              std::vector<std::byte>& out) override {
    merge_rows(
        events, triggers,
        [&](size_t i) {
          const RowName row = check_.event(events, i);
          if (of_triggers_) refuse_row(row, "a DAT file of triggers holds nothing else");
          const int64_t t = events.t()[i];
          advance(row, t);
          append_word(out, make_event(events.polarity()[i] > 0, t, events.x()[i], events.y()[i]));
        },
        [&](size_t i) {
          const RowName row = check_.trigger(triggers, i);
          if (!of_triggers_) refuse_row(row, "a DAT file of events holds nothing else");
          const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
          advance(row, t);
          append_word(out, make_trigger(triggers.column<int8_t>(kTriggerPolarity)[i] > 0, t,
                                        triggers.column<int16_t>(kTriggerId)[i]));
        });
  }

 private:
  // No record can bring the clock to a time that is not its next.
  void advance(RowName row, int64_t t) {
    Clock32 next = clock_;
    if (next.advance(static_cast<uint32_t>(t)) != t) {
      refuse_row(row, "t is " + std::to_string(t) +
                          " us, but the clock of DAT starts over every 2^32 us (71 min), and only "
                          "steps of less than half of that lead past it: it is at " +
                          std::to_string(clock_.epoch() + clock_.last()) +
                          " us; read with origin=\"start\", sort the rows by t, or split the "
                          "recording");
    }
    clock_ = next;
  }

  bool of_triggers_;
  RowCheck check_{"DAT", 16'384, 16'384, 64};
  Clock32 clock_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header) {
  return std::make_unique<DatEncoder>(header);
}

}  // namespace evarrow::dat
