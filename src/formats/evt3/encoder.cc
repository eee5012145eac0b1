// SPDX-License-Identifier: Apache-2.0
// The canonical form: state words only where the state changes, and groups of 32 pixels as
// vectors where they are shorter than single words, as the cameras write them.
#include <algorithm>
#include <cstring>

#include "formats/encoding.h"
#include "formats/evt3/evt3.h"
#include "formats/evt3/words.h"
#include "formats/pixel_runs.h"
#include "formats/run_encoder.h"

namespace evarrow::evt3 {
namespace {

constexpr int32_t kSize = 2048;  // of the largest sensor, pixels: x and y have 11 bits
constexpr int32_t kGroup = kernels::kVectorPixels;  // of vectors of 12, 12 and 8 pixels
constexpr int64_t kLongestSilence = 1;  // of TIME_HIGH: a camera sends one at least every 4096 us
constexpr int64_t kMostSilence = 6;     // of TIME_HIGH words that the fast loop writes at once
constexpr int kLowBits = 12;

constexpr uint32_t x_word(uint32_t x, bool on) { return x | (on ? 0x800U : 0U); }

// What a decoder knows before a word; nothing of it is negative but what it does not know.
struct Known {
  ClockWriter<12, kLowBits> clock;
  int32_t low = -1;
  int32_t y = -1;
  int32_t next_base = -1;
  bool base_on = false;
};

class Writer {
 public:
  explicit Writer(std::byte* to) : begin_(to), to_(to) {}

  void put(Type type, uint32_t content) { put_if(true, type, content); }
  // Without a branch, which no processor could foresee: what is not needed is written over.
  void put_if(bool needed, Type type, uint32_t content) {
    const uint16_t word = make_word(type, content);
    std::memcpy(to_, &word, sizeof(word));
    to_ += needed ? sizeof(word) : 0;
  }
  // What was written behind the end by others.
  void skip(size_t bytes) { to_ += bytes; }
  std::byte* end() const { return to_; }
  size_t bytes() const { return static_cast<size_t>(to_ - begin_); }

 private:
  std::byte* begin_;
  std::byte* to_;
};

struct Evt3Words {
  using State = Known;
  static constexpr bool takes_triggers() noexcept { return true; }
  static constexpr size_t kMost = sizeof(uint16_t) * (kMostSilence + 3);

  explicit Evt3Words(const Header& header)
      : Evt3Words(header, header.width > 0 && header.height > 0) {}

  // Where a piece begins, the base of vectors is not known: it is written anew.
  static State state_after(const EventBatch& events, size_t i) noexcept {
    return {.clock = ClockWriter<12, kLowBits>(events.t()[i]),
            .low = static_cast<int32_t>(events.t()[i] & 0xFFF),
            .y = events.y()[i]};
  }

  Encoded plain(const EventBatch& batch, size_t begin, size_t end, State known,
                std::byte* to) const noexcept {
    const EncodedColumns events(batch);
    Writer out(to);
    FastRows fast(kernel_, events, end);
    size_t i = begin;
    while (i < end) {
      if (fast.is_due(i)) {
        i += write_singles(fast, i, events.t[i], known, out);
        if (i == end) break;
      }
      const int64_t t = events.t[i];
      const int32_t x = events.x[i];
      const int32_t y = events.y[i];
      const bool fits =
          x >= 0 && x < x_end_ && y >= 0 && y < y_end_ && is_polarity(events.polarity[i]);
      if (!fits || t < 0 || !write_time(t, known, out)) break;
      out.put_if(y != known.y, kAddrY, static_cast<uint32_t>(y));
      known.y = y;
      i += write_pixels(events, i, end, known, out);
    }
    return {.end = i, .bytes = out.bytes()};
  }

  size_t any(const EventBatch& events, size_t i, size_t end, RowName row, State& known,
             EncodedBytes& out) const {
    check_.check_event(events, i, row);
    write_time_anyhow(row, events.t()[i], known, out);
    const auto y = static_cast<uint32_t>(events.y()[i]);
    if (events.y()[i] != known.y) append_word(out, make_word(kAddrY, y));
    known.y = events.y()[i];
    std::byte words[kMost];
    Writer pixels(words);
    const size_t n = write_pixels(EncodedColumns(events), i, end, known, pixels);
    out.append({words, pixels.bytes()});
    return i + n;
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& known,
               EncodedBytes& out) const {
    check_.check_trigger(triggers, i, row);
    write_time_anyhow(row, triggers.column<int64_t>(kTriggerT)[i], known, out);
    const auto id = static_cast<uint32_t>(triggers.column<int16_t>(kTriggerId)[i]);
    const bool on = triggers.column<int8_t>(kTriggerPolarity)[i] > 0;
    append_word(out, make_word(kTrigger, id << 8 | (on ? 1U : 0U)));
  }

 private:
  Evt3Words(const Header& header, bool sensor_known)
      : x_end_(sensor_known ? std::min(header.width, kSize) : kSize),
        y_end_(sensor_known ? std::min(header.height, kSize) : kSize),
        check_(sensor_known ? "EVT3 of this sensor" : "EVT3", x_end_, y_end_, 16) {}

  // False if it takes more words than there is room for, or is no time that can be next.
  static bool write_time(int64_t t, State& known, Writer& out) noexcept {
    const auto low = static_cast<int32_t>(t & 0xFFF);
    if (!known.clock.is_at(t)) {
      const int64_t before = known.clock.high();
      if (!known.clock.step_to(t, kMostSilence)) return false;
      const int64_t high = known.clock.high();
      for (int64_t at = std::min(before + 1, high); at <= high; ++at) {
        out.put(kTimeHigh, static_cast<uint32_t>(at & 0xFFF));
      }
      known.low = -1;  // a decoder forgets it when the upper bits change
    }
    out.put_if(low != known.low, kTimeLow, static_cast<uint32_t>(low));
    known.low = low;
    return true;
  }

  static void write_time_anyhow(RowName row, int64_t t, State& known, EncodedBytes& out) {
    const bool moved = known.clock.advance(row, t, kLongestSilence, [&](int64_t high) {
      append_word(out, make_word(kTimeHigh, static_cast<uint32_t>(high)));
    });
    const auto low = static_cast<int32_t>(t & 0xFFF);
    if (moved || low != known.low) {
      append_word(out, make_word(kTimeLow, static_cast<uint32_t>(low)));
    }
    known.low = low;
  }

  // Writes rows, none of which begins a vector, several at a time; returns how many.
  size_t write_singles(FastRows& fast, size_t i, int64_t t, State& known,
                       Writer& out) const noexcept {
    if (known.next_base >= 0 || !known.clock.is_at(t)) return 0;
    kernels::EncodeState state = {.x_end = static_cast<uint32_t>(x_end_),
                                  .y_end = static_cast<uint32_t>(y_end_),
                                  .t_begin = known.clock.high() << kLowBits,
                                  .t_bits = kLowBits,
                                  .low = static_cast<uint32_t>(known.low),
                                  .y = known.y};
    const kernels::EncodedWords done = fast.take(i, state, out.end());
    out.skip(done.bytes);
    known.low = static_cast<int32_t>(state.low);
    known.y = state.y;
    return done.rows;
  }

  // Writes a vector or, where that is no shorter, the first event alone; returns how many events.
  size_t write_pixels(const EncodedColumns& events, size_t i, size_t end, State& known,
                      Writer& out) const noexcept {
    const int32_t x = events.x[i];
    const bool on = events.polarity[i] > 0;
    const bool goes_on = known.next_base == x && known.base_on == on;
    const size_t fewest = kernels::kFewestInVector - (goes_on ? 1 : 0);
    const int32_t group_end = x + kGroup;
    PixelRun vector;
    if (group_end <= x_end_ && may_have(fewest, events, i, end, group_end)) {
      vector = run_from(events, i, end, x, group_end);
    }
    if (vector.n < fewest) {
      out.put(kAddrX, x_word(static_cast<uint32_t>(x), on));
      known.next_base = -1;  // some readers lose the base of vectors at an ADDR_X
      return 1;
    }
    if (!goes_on) out.put(kVectBaseX, x_word(static_cast<uint32_t>(x), on));
    out.put(kVect12, vector.bits & 0xFFF);
    out.put(kVect12, vector.bits >> 12 & 0xFFF);
    out.put(kVect8, vector.bits >> 24);
    known.next_base = group_end;
    known.base_on = on;
    return vector.n;
  }

  kernels::EncodeKernel kernel_ = kernels::encode_kernels().evt3;
  int32_t x_end_;
  int32_t y_end_;
  RowCheck check_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<RunEncoder<Evt3Words>>(options.threads, header);
}

}  // namespace evarrow::evt3
