// SPDX-License-Identifier: Apache-2.0
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
#include "codecs/lz4_events.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "codecs/dv_packet.h"

namespace evarrow::codecs {
namespace {

constexpr size_t kShortest = 4;       // bytes of a match
constexpr size_t kReach = 65'535;     // bytes back
constexpr size_t kLastLiterals = 12;  // a match begins no nearer to the end
constexpr size_t kAtRow = 11;  // in a record: the upper byte of y, and the polarity behind it
constexpr size_t kTail = kDvEvent - kAtRow;  // bytes from there to the time of the next event

template <typename T>
T load(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

// Sequences: a token, the bytes since the match before, how far back the match is, more length.
class Block {
 public:
  Block(const std::byte* in, std::byte* out) : anchor_(in), begin_(out), out_(out) {}

  // There are readable bytes behind the literals, and room for as many to be written.
  void match(const std::byte* at, size_t distance, size_t length) noexcept {
    const auto literals = static_cast<size_t>(at - anchor_);
    const size_t more = length - kShortest;
    std::byte* const token = out_++;
    put_literals(literals);
    out_[0] = static_cast<std::byte>(distance & 0xFF);
    out_[1] = static_cast<std::byte>(distance >> 8);
    out_ += 2;
    *token = nibbles(literals, more);
    if (more >= kMore) put_length(more - kMore);
    anchor_ = at + length;
  }

  size_t finish(const std::byte* end) noexcept {
    const auto literals = static_cast<size_t>(end - anchor_);
    std::byte* const token = out_++;
    *token = nibbles(literals, 0);
    if (literals >= kMore) put_length(literals - kMore);
    std::memcpy(out_, anchor_, literals);
    return static_cast<size_t>(out_ + literals - begin_);
  }

 private:
  static constexpr size_t kMore = 15;  // and bytes follow that are added

  static std::byte nibbles(size_t literals, size_t more) noexcept {
    const size_t high = literals < kMore ? literals : kMore;
    const size_t low = more < kMore ? more : kMore;
    return static_cast<std::byte>(high << 4 | low);
  }

  void put_length(size_t rest) noexcept {
    for (; rest >= 255; rest -= 255) *out_++ = std::byte{255};
    *out_++ = static_cast<std::byte>(rest);
  }

  void put_literals(size_t literals) noexcept {
    constexpr size_t kFew = 16;  // that are copied at once
    if (literals <= kFew && literals < kMore) {
      std::memcpy(out_, anchor_, kFew);
    } else {
      if (literals >= kMore) put_length(literals - kMore);
      std::memcpy(out_, anchor_, literals);
    }
    out_ += literals;
  }

  const std::byte* anchor_;  // the first byte that is not written yet
  std::byte* begin_;
  std::byte* out_;
};

// The last place where the upper byte of y, the polarity and the lowest byte of the time behind
// them were these.
class Places {
 public:
  Places() { places_.fill(kNowhere); }

  static size_t slot(uint32_t row_and_polarity, uint32_t time) noexcept {
    return (row_and_polarity << 8 | time) & (kSlots - 1);
  }
  // 0: the place is too far back, or there is none.
  size_t distance(size_t slot, size_t at) const noexcept {
    const size_t distance = at - places_[slot];
    return distance <= kReach ? distance : 0;
  }
  void set(size_t slot, size_t at) noexcept { places_[slot] = at; }

 private:
  static constexpr size_t kSlots = 4096;
  static constexpr size_t kNowhere = size_t{0} - kReach - 1;
  std::array<size_t, kSlots> places_;
};

// Bytes of two times, from the lowest on, that are the same.
size_t same_bytes(uint64_t a, uint64_t b) noexcept {
  return static_cast<size_t>(std::countr_zero(a ^ b)) / 8;  // 8 if all are
}

}  // namespace

size_t compress_events_lz4(Bytes packet, size_t front, std::byte* out) noexcept {
  const std::byte* const in = packet.data();
  const std::byte* const end = in + packet.size();
  Block block(in, out);
  Places places;
  if (packet.size() < front + 3 * kDvEvent) return block.finish(end);
  // From the middle of one record to the middle of the next: rows and polarities, then times.
  const std::byte* const last = end - kLastLiterals - kDvEvent;
  for (const std::byte* at = in + front + kDvEvent + kAtRow; at < last; at += kDvEvent) {
    const std::byte* const next = at + kTail;
    const auto time = load<uint64_t>(next);
    const auto here = load<uint32_t>(at);
    const auto place = static_cast<size_t>(at - in);
    const size_t slot =
        Places::slot((here & 0xFF) << 1 | (here >> 8 & 0xFF), static_cast<uint32_t>(time & 0xFF));
    const size_t distance = places.distance(slot, place);
    places.set(slot, place);
    size_t same = 0;  // bytes of the time that are written by the first match
    if (distance != 0 && load<uint32_t>(at - distance) == here) {
      same = same_bytes(load<uint64_t>(next - distance), time);
      block.match(at, distance, kTail + same);
    } else if (load<uint32_t>(at + 1) == load<uint32_t>(at + 1 - kDvEvent)) {
      same = same_bytes(load<uint64_t>(next - kDvEvent), time);
      block.match(at + 1, kDvEvent, kTail - 1 + same);
    }
    if (same == sizeof(time)) continue;
    // What is left of the time begins with bytes that changed, and goes on as the one before.
    const uint64_t changed = time ^ load<uint64_t>(next - kDvEvent);
    const auto equal = static_cast<size_t>(std::countl_zero(changed)) / 8;  // from the top
    const size_t from = std::max(same, sizeof(time) - equal);
    if (sizeof(time) - from >= kShortest) {
      block.match(next + from, kDvEvent, sizeof(time) - from);
    }
  }
  return block.finish(end);
}

}  // namespace evarrow::codecs
