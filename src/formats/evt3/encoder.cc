// SPDX-License-Identifier: Apache-2.0
// The canonical form: state words only where the state changes, and groups of 32 pixels as
// vectors where they are shorter than single words, as the cameras write them.
#include <algorithm>

#include "formats/encoding.h"
#include "formats/evt3/evt3.h"
#include "formats/evt3/words.h"

namespace evarrow::evt3 {
namespace {

constexpr int32_t kSize = 2048;         // of the largest sensor, pixels: x and y have 11 bits
constexpr size_t kFewestOfVector = 5;   // a group is four words, so five events make it shorter
constexpr int64_t kLongestSilence = 1;  // of TIME_HIGH: a camera sends one at least every 4096 us

class Evt3Encoder final : public Encoder {
 public:
  explicit Evt3Encoder(const Header& header)
      : Evt3Encoder(header, header.width > 0 && header.height > 0) {}

  void encode(const EventBatch& events, const Batch& triggers,
              std::vector<std::byte>& out) override {
    size_t done = 0;  // events before it are written: a vector takes several at once
    merge_rows(
        events, triggers,
        [&](size_t i) {
          if (i >= done) done = i + write_events(events, i, out);
        },
        [&](size_t i) { write_trigger(triggers, i, out); });
  }

 private:
  Evt3Encoder(const Header& header, bool sensor_known)
      : x_end_(sensor_known ? std::min(header.width, kSize) : kSize),
        check_(sensor_known ? "EVT3 of this sensor" : "EVT3", x_end_,
               sensor_known ? std::min(header.height, kSize) : kSize, 16) {}

  // Writes event `i`, and those behind it that fit a vector with it; returns how many.
  size_t write_events(const EventBatch& events, size_t i, std::vector<std::byte>& out) {
    const RowName row = check_.event(events, i);
    const int64_t t = events.t()[i];
    const bool on = events.polarity()[i] > 0;
    write_time(row, t, out);
    if (events.y()[i] != y_) {
      y_ = events.y()[i];
      put(kAddrY, static_cast<uint32_t>(y_), out);
    }
    const auto x = static_cast<uint32_t>(events.x()[i]);
    const auto [bits, n] = vector_from(events, i);
    if (n < kFewestOfVector) {
      put(kAddrX, x | (on ? 0x800U : 0U), out);
      next_base_ = -1;  // some readers lose the base of vectors at an ADDR_X
      return 1;
    }
    for (size_t more = 1; more < n; ++more) check_.event(events, i + more);
    if (next_base_ != static_cast<int32_t>(x) || base_on_ != on) {
      put(kVectBaseX, x | (on ? 0x800U : 0U), out);
    }
    put(kVect12, bits & 0xFFF, out);
    put(kVect12, bits >> 12 & 0xFFF, out);
    put(kVect8, bits >> 24, out);
    next_base_ = static_cast<int32_t>(x) + 32;
    base_on_ = on;
    return n;
  }

  struct Vector {
    uint32_t bits;
    size_t n;
  };

  // The events from `i` on of the same time, row and polarity, to the right of one another and
  // within 32 pixels, as bits.
  Vector vector_from(const EventBatch& events, size_t i) const {
    const int32_t base = events.x()[i];
    Vector vector{.bits = 1, .n = 1};
    if (base + 32 > x_end_) return vector;
    int32_t last = base;
    for (size_t at = i + 1; at < events.size(); ++at) {
      const int32_t x = events.x()[at];
      const bool same = events.t()[at] == events.t()[i] && events.y()[at] == events.y()[i] &&
                        is_same_polarity(events.polarity()[at], events.polarity()[i]);
      if (!same || x <= last || x >= base + 32) break;
      vector.bits |= 1U << (x - base);
      ++vector.n;
      last = x;
    }
    return vector;
  }

  void write_trigger(const Batch& triggers, size_t i, std::vector<std::byte>& out) {
    const RowName row = check_.trigger(triggers, i);
    write_time(row, triggers.column<int64_t>(kTriggerT)[i], out);
    const auto id = static_cast<uint32_t>(triggers.column<int16_t>(kTriggerId)[i]);
    const bool on = triggers.column<int8_t>(kTriggerPolarity)[i] > 0;
    put(kTrigger, id << 8 | (on ? 1U : 0U), out);
  }

  void write_time(RowName row, int64_t t, std::vector<std::byte>& out) {
    const bool moved = clock_.advance(row, t, kLongestSilence, [&](int64_t high) {
      put(kTimeHigh, static_cast<uint32_t>(high), out);
    });
    const auto low = static_cast<int32_t>(t & 0xFFF);
    // A decoder forgets the low bits when the high ones change.
    if (moved || low != low_) put(kTimeLow, static_cast<uint32_t>(low), out);
    low_ = low;
  }

  static void put(Type type, uint32_t content, std::vector<std::byte>& out) {
    append_word(out, make_word(type, content));
  }

  int32_t x_end_;
  RowCheck check_;
  ClockWriter<12, 12> clock_;
  int32_t low_ = -1;
  int32_t y_ = -1;
  int32_t next_base_ = -1;
  bool base_on_ = false;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header) {
  return std::make_unique<Evt3Encoder>(header);
}

}  // namespace evarrow::evt3
