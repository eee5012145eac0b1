// SPDX-License-Identifier: Apache-2.0
// The canonical form of DVS events: as many lone 0xFF as fit into a silence, then the event.
#include "formats/encoding.h"
#include "formats/es/es.h"
#include "formats/es/words.h"

namespace evarrow::es {
namespace {

constexpr std::byte kPause{0xFF};
constexpr int64_t kPauseUs = Dvs::pause(0xFF);
constexpr int64_t kMostPauses = int64_t{1} << 24;  // 35 minutes, in 16 MiB

class EsEncoder final : public Encoder {
 public:
  explicit EsEncoder(const Header& header)
      : bottom_(header.height - 1),
        check_("an Event Stream of " + std::to_string(header.width) + "x" +
                   std::to_string(header.height),
               header.width, header.height, 0) {}

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    if (triggers.size() != 0) {
      refuse_row({.rows = "triggers", .number = 0}, "an Event Stream holds events alone");
    }
    merge_rows(
        events, triggers,
        [&](size_t i) {
          const RowName row = check_.event(events, i);
          const int64_t step = write_pauses(row, events.t()[i], out);
          const int polarity_bit = events.polarity()[i] > 0 ? 1 : 0;
          append_word(out, static_cast<uint8_t>(step << 1 | polarity_bit));
          append_word(out, static_cast<uint16_t>(events.x()[i]));
          append_word(out, static_cast<uint16_t>(bottom_ - events.y()[i]));
        },
        [](size_t) {});
  }

  bool takes_triggers() const noexcept override { return false; }

 private:
  // Returns what is left of the way to `t` for the byte of the event.
  int64_t write_pauses(RowName row, int64_t t, EncodedBytes& out) {
    if (t < last_) {
      refuse_row(row, "t is " + std::to_string(t) + " us, before the " + std::to_string(last_) +
                          " us of the row before it, but an Event Stream only goes forward: sort "
                          "the rows by t");
    }
    const int64_t pauses = (t - last_) / kPauseUs;
    if (pauses > kMostPauses) {
      refuse_row(row, "t is " + std::to_string(t) +
                          " us, too far from the row before it, or from 0, for a format that "
                          "writes a byte for each 127 us: read with origin=\"start\"");
    }
    for (int64_t i = 0; i < pauses; ++i) append_word(out, kPause);
    const int64_t step = t - last_ - pauses * kPauseUs;
    last_ = t;
    return step;
  }

  int32_t bottom_;
  RowCheck check_;
  int64_t last_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  (void)write_header(header, options);  // throws where the size of the sensor is not known
  return std::make_unique<EsEncoder>(header);
}

}  // namespace evarrow::es
