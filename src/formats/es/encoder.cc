// SPDX-License-Identifier: Apache-2.0
// The canonical form of DVS events: as many lone 0xFF as fit into a silence, then the event.
#include <algorithm>
#include <cstring>

#include "formats/encoding.h"
#include "formats/es/es.h"
#include "formats/es/words.h"
#include "formats/pixel_runs.h"
#include "formats/run_encoder.h"

namespace evarrow::es {
namespace {

constexpr std::byte kPause{0xFF};
constexpr int64_t kPauseUs = Dvs::pause(0xFF);
constexpr int64_t kMostPauses = int64_t{1} << 24;  // 35 minutes, in 16 MiB

struct EsWords {
  struct State {
    int64_t last = 0;
  };
  static constexpr bool takes_triggers() noexcept { return false; }
  static constexpr int64_t kMostPausesAtOnce = 5;
  static constexpr size_t kMost = kMostPausesAtOnce + Dvs::kRecord;

  explicit EsWords(const Header& header)
      : width(header.width),
        height(header.height),
        check("an Event Stream of " + std::to_string(width) + "x" + std::to_string(height), width,
              height, 0) {}

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return {.last = events.t()[i]};
  }

  Encoded plain(const EventBatch& batch, size_t begin, size_t end, State state,
                std::byte* to) const noexcept {
    const EncodedColumns events(batch);
    std::byte* const first = to;
    size_t i = begin;
    for (; i < end; ++i) {
      const int64_t t = events.t[i];
      const int32_t x = events.x[i];
      const int32_t y = events.y[i];
      const bool fits =
          x >= 0 && x < width && y >= 0 && y < height && is_polarity(events.polarity[i]);
      if (!fits || t < state.last) break;
      const int64_t pauses = (t - state.last) / kPauseUs;
      if (pauses > kMostPausesAtOnce) break;
      to = std::fill_n(to, pauses, kPause);
      put_event(events, i, t - state.last - pauses * kPauseUs, to);
      to += Dvs::kRecord;
      state.last = t;
    }
    return {.end = i, .bytes = static_cast<size_t>(to - first)};
  }

  size_t any(const EventBatch& batch, size_t i, size_t /*end*/, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(batch, i, row);
    const int64_t step = write_pauses(row, batch.t()[i], state, out);
    std::byte event[Dvs::kRecord];
    put_event(EncodedColumns(batch), i, step, event);
    out.append(event);
    return i + 1;
  }

  [[noreturn]] static void trigger(const Batch& /*triggers*/, size_t /*i*/, RowName row,
                                   State& /*state*/, EncodedBytes& /*out*/) {
    refuse_row(row, "an Event Stream holds events alone");
  }

  void put_event(const EncodedColumns& events, size_t i, int64_t step,
                 std::byte* to) const noexcept {
    const auto clock = static_cast<uint8_t>(step << 1 | (events.polarity[i] > 0 ? 1 : 0));
    const auto x = static_cast<uint16_t>(events.x[i]);
    const auto y = static_cast<uint16_t>(height - 1 - events.y[i]);
    std::memcpy(to, &clock, sizeof(clock));
    std::memcpy(to + sizeof(clock), &x, sizeof(x));
    std::memcpy(to + sizeof(clock) + sizeof(x), &y, sizeof(y));
  }

  // Returns what is left of the way to `t` for the byte of the event.
  static int64_t write_pauses(RowName row, int64_t t, State& state, EncodedBytes& out) {
    if (t < state.last) {
      refuse_row(row, "t is " + std::to_string(t) + " us, before the " +
                          std::to_string(state.last) +
                          " us of the row before it, but an Event Stream only goes forward: sort "
                          "the rows by t");
    }
    const int64_t pauses = (t - state.last) / kPauseUs;
    if (pauses > kMostPauses) {
      refuse_row(row, "t is " + std::to_string(t) +
                          " us, too far from the row before it, or from 0, for a format that "
                          "writes a byte for each 127 us: read with origin=\"start\"");
    }
    for (int64_t i = 0; i < pauses; ++i) append_word(out, kPause);
    const int64_t step = t - state.last - pauses * kPauseUs;
    state.last = t;
    return step;
  }

  int32_t width;
  int32_t height;
  RowCheck check;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  (void)write_header(header, options);  // throws where the size of the sensor is not known
  return std::make_unique<RunEncoder<EsWords>>(options.threads, header);
}

}  // namespace evarrow::es
