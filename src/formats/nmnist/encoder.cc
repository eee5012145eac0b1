// SPDX-License-Identifier: Apache-2.0
// Records of events alone: no time that can be held needs one that says that the clock started
// over.
#include <cstring>

#include "formats/encoding.h"
#include "formats/nmnist/nmnist.h"
#include "formats/nmnist/words.h"
#include "formats/run_encoder.h"

namespace evarrow::nmnist {
namespace {

constexpr int32_t kWidth = 256;
constexpr int64_t kTimeEnd = int64_t{1} << 23;

struct NmnistWords {
  struct State {};
  static constexpr bool takes_triggers() noexcept { return false; }
  static constexpr size_t kMost = kRecord;

  static State state_after(const EventBatch& /*events*/, size_t /*i*/) noexcept { return {}; }

  static Encoded plain(const EventBatch& events, size_t begin, size_t end, State /*state*/,
                       std::byte* to) noexcept {
    size_t i = begin;
    for (; i < end; ++i, to += kRecord) {
      const auto x = static_cast<uint16_t>(events.x()[i]);
      const auto y = static_cast<uint16_t>(events.y()[i]);
      const auto t = static_cast<uint64_t>(events.t()[i]);
      const int8_t polarity = events.polarity()[i];
      if (x >= kWidth || y >= kOverflowRow || t >= kTimeEnd || !is_polarity(polarity)) break;
      const uint64_t record = make_record(x, y, t, polarity > 0);
      std::memcpy(to, &record, sizeof(record));
    }
    return {.end = i, .bytes = (i - begin) * kRecord};
  }

  [[noreturn]] size_t any(const EventBatch& events, size_t i, size_t /*end*/, RowName row,
                          State& /*state*/, EncodedBytes& /*out*/) const {
    check.check_event(events, i, row);
    refuse_row(row, "t is " + std::to_string(events.t()[i]) +
                        " us, but N-MNIST has times up to 8388607 us: read with "
                        "origin=\"start\", or split the recording");
  }

  [[noreturn]] static void trigger(const Batch& /*triggers*/, size_t /*i*/, RowName row,
                                   State& /*state*/, EncodedBytes& /*out*/) {
    refuse_row(row, "N-MNIST holds events alone");
  }

  RowCheck check{"N-MNIST", kWidth, kOverflowRow, 0};
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& /*header*/, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<NmnistWords>>(options.threads);
}

}  // namespace evarrow::nmnist
