// SPDX-License-Identifier: Apache-2.0
// DAT 2: one record a row, of events or of triggers.
#include <cstring>

#include "formats/clock32_writer.h"
#include "formats/dat/dat.h"
#include "formats/dat/words.h"
#include "formats/encoding.h"
#include "formats/fast_rows.h"
#include "formats/run_encoder.h"

namespace evarrow::dat {
namespace {

constexpr uint32_t kSize = 16'384;  // pixels

struct DatWords {
  using State = Clock32Writer;
  static constexpr size_t kMost = kRecordBytes;

  explicit DatWords(const Header& header) : has_triggers(header.layout == kTriggerLayout) {}

  bool takes_triggers() const noexcept { return has_triggers; }

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return Clock32Writer(events.t()[i]);
  }

  Encoded plain(const EventBatch& batch, size_t begin, size_t end, State state,
                std::byte* to) const noexcept {
    const EncodedColumns events(batch);
    FastRows fast(kernel, events, end);
    size_t i = begin;
    for (; i < end && !has_triggers; ++i, to += kRecordBytes) {
      if (fast.is_due(i)) {
        const kernels::EncodedWords done = take(fast, i, state, to);
        i += done.rows;
        to += done.bytes;
        if (done.rows != 0) state = Clock32Writer(events.t[i - 1]);
        if (i == end) break;
      }
      const int64_t t = events.t[i];
      const auto x = static_cast<uint16_t>(events.x[i]);
      const auto y = static_cast<uint16_t>(events.y[i]);
      const int8_t polarity = events.polarity[i];
      const bool fits = t >= 0 && (uint32_t{x} | y) < kSize && is_polarity(polarity);
      if (!fits || !state.step_to(t)) break;
      const uint64_t record = make_event(polarity > 0, t, x, y);
      std::memcpy(to, &record, sizeof(record));
    }
    return {.end = i, .bytes = (i - begin) * kRecordBytes};
  }

  static kernels::EncodedWords take(FastRows& fast, size_t i, const State& state,
                                    std::byte* to) noexcept {
    if (state.t() < 0) return {};  // no row has such a time: they are refused one by one
    kernels::EncodeState lap = {.x_end = kSize,
                                .y_end = kSize,
                                .t_begin = state.t() >> 32 << 32,
                                .t_bits = 32,
                                .low = static_cast<uint32_t>(state.t())};
    return fast.take(i, lap, to);
  }

  size_t any(const EventBatch& events, size_t i, size_t /*end*/, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(events, i, row);
    if (has_triggers) refuse_row(row, "a DAT file of triggers holds nothing else");
    const int64_t t = events.t()[i];
    state.advance(row, t, "DAT");
    append_word(out, make_event(events.polarity()[i] > 0, t, events.x()[i], events.y()[i]));
    return i + 1;
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& state,
               EncodedBytes& out) const {
    check.check_trigger(triggers, i, row);
    if (!has_triggers) refuse_row(row, "a DAT file of events holds nothing else");
    const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
    state.advance(row, t, "DAT");
    append_word(out, make_trigger(triggers.column<int8_t>(kTriggerPolarity)[i] > 0, t,
                                  triggers.column<int16_t>(kTriggerId)[i]));
  }

  bool has_triggers;
  kernels::EncodeKernel kernel = kernels::encode_kernels().dat;
  RowCheck check{"DAT", kSize, kSize, 64};
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<DatWords>>(options.threads, header);
}

}  // namespace evarrow::dat
