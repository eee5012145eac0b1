// SPDX-License-Identifier: Apache-2.0
// Writes what the vendor's encoder writes, byte for byte, for all events that a block can hold.
#include <algorithm>
#include <cstring>

#include "codecs/ecf.h"
#include "codecs/ecf_words.h"

namespace evarrow::codecs {
namespace {

constexpr int16_t kEnd = 2048;         // of x and y, which have 11 bits
constexpr uint32_t kFarthestStep = 5;  // pixels from the x of an entry of steps

class Output {
 public:
  explicit Output(std::byte* out) noexcept : begin_(out), at_(out) {}

  template <typename T>
  void write(T value) noexcept {
    std::memcpy(at_, &value, sizeof(T));
    at_ += sizeof(T);
  }
  size_t bytes() const noexcept { return static_cast<size_t>(at_ - begin_); }

 private:
  std::byte* begin_;
  std::byte* at_;
};

bool is_on(const EcfEvents& events, size_t i) noexcept { return events.polarity[i] > 0; }

EcfMisfit misfit_of(const EcfEvents& events, size_t i) noexcept {
  if (events.x[i] < 0 || events.x[i] >= kEnd) return EcfMisfit::kX;
  if (events.y[i] < 0 || events.y[i] >= kEnd) return EcfMisfit::kY;
  if (events.polarity[i] < -1 || events.polarity[i] > 1) return EcfMisfit::kPolarity;
  if (i > 0 && events.t[i] < events.t[i - 1]) return EcfMisfit::kTimeDecreases;
  return EcfMisfit::kNone;
}

// How many of the `n` values from number `i` on are equal.
template <typename ValueOf>
size_t run_at(size_t i, size_t n, ValueOf value_of) noexcept {
  const auto first = value_of(i);
  size_t end = i + 1;
  while (end < n && value_of(end) == first) ++end;
  return end - i;
}

template <typename Entry, uint32_t kCountBits>
void write_run(Output& out, uint32_t value, size_t count) noexcept {
  constexpr uint32_t kLong = ecf::long_count(kCountBits);
  const bool is_long = count >= kLong;
  out.write(
      static_cast<Entry>(value << kCountBits | (is_long ? kLong : static_cast<uint32_t>(count))));
  if (is_long) out.write(static_cast<uint16_t>(count));
}

void write_times(Output& out, const EcfEvents& events, size_t n) noexcept {
  uint64_t time = n == 0 ? 0 : static_cast<uint64_t>(events.t[0]);
  out.write(time);
  for (size_t i = 0; i < n;) {
    const auto now = static_cast<uint64_t>(events.t[i]);
    uint64_t passed = now - time;
    time = now;
    if (passed >= ecf::kLongTime) {
      for (; passed != 0; passed >>= 4) {
        out.write(static_cast<uint8_t>(ecf::kLongTime << ecf::kTimeCountBits | (passed & 0xF)));
      }
    }
    const size_t count = run_at(i, n, [&](size_t at) { return events.t[at]; });
    write_run<uint8_t, ecf::kTimeCountBits>(out, static_cast<uint32_t>(passed), count);
    i += count;
  }
}

void write_rows(Output& out, const EcfEvents& events, size_t n) noexcept {
  for (size_t i = 0; i < n;) {
    const size_t count = run_at(i, n, [&](size_t at) { return events.y[at]; });
    write_run<uint16_t, ecf::kRowCountBits>(out, static_cast<uint32_t>(events.y[i]), count);
    i += count;
  }
}

void write_steps(Output& out, const EcfEvents& events, size_t n) noexcept {
  for (size_t i = 0; i < n;) {
    const int32_t x = events.x[i];
    uint32_t steps = 0;
    int32_t last = x;
    for (++i; i < n; ++i) {
      const int32_t step = events.x[i] - x;
      if (events.x[i] <= last || step > static_cast<int32_t>(kFarthestStep)) break;
      steps |= 1U << (kFarthestStep - static_cast<uint32_t>(step));
      last = events.x[i];
    }
    out.write(static_cast<uint16_t>(static_cast<uint32_t>(x) << ecf::kStepBits | steps));
  }
}

void write_polarities(Output& out, const EcfEvents& events, size_t n) noexcept {
  for (size_t i = 0; i < n;) {
    const size_t count = run_at(i, n, [&](size_t at) { return is_on(events, at); });
    write_run<uint8_t, ecf::kPolarityCountBits>(out, is_on(events, i) ? 1U : 0U, count);
    i += count;
  }
}

// See `unpack` of the decoder.
template <typename Word>
void write_packed(Output& out, const EcfEvents& events, size_t n) noexcept {
  constexpr uint32_t kQuarter = 2 * sizeof(Word);  // bits
  for (size_t i = 0; i < n; i += ecf::kGroup) {
    uint32_t values[ecf::kGroup] = {};
    for (size_t k = 0; k < std::min(ecf::kGroup, n - i); ++k) {
      const auto y = static_cast<uint32_t>(sizeof(Word) == sizeof(uint32_t) ? events.y[i + k] : 0);
      const auto x = static_cast<uint32_t>(events.x[i + k]);
      values[k] = y << 12 | x << 1 | (is_on(events, i + k) ? 1U : 0U);
    }
    const auto [first, second, third, fourth] = values;
    out.write(static_cast<Word>(first << kQuarter | (second & ((1U << kQuarter) - 1))));
    out.write(static_cast<Word>(second >> kQuarter << 2 * kQuarter |
                                (third & ((1U << 2 * kQuarter) - 1))));
    out.write(static_cast<Word>(third >> 2 * kQuarter << 3 * kQuarter | fourth));
  }
}

// Hundredths of `n`, rounded.
constexpr size_t percent_of(size_t n, size_t percent) { return (2 * n * percent + 100) / 200; }

}  // namespace

EcfMode ecf_mode(const EcfEvents& events, size_t n) noexcept {
  constexpr size_t kFew = 16;
  const size_t looked_at = n < kFew ? n : percent_of(n, 25);
  size_t same_rows = 0;
  size_t steps = 0;
  int32_t from = n == 0 ? 0 : events.x[0];
  for (size_t i = 1; i < looked_at; ++i) {
    if (events.y[i] == events.y[i - 1]) ++same_rows;
    const int32_t x = events.x[i];
    if (x > events.x[i - 1] && x <= from + static_cast<int32_t>(kFarthestStep)) {
      ++steps;
    } else {
      from = x;
    }
  }
  if (same_rows <= percent_of(looked_at, 20)) return EcfMode::kPackedAll;
  return steps <= percent_of(looked_at, 8) ? EcfMode::kPackedX : EcfMode::kRuns;
}

EcfEncoded ecf_encode(const EcfEvents& events, size_t n, EcfMode mode, std::byte* out) noexcept {
  if (n > kMostEcfEvents) return {.misfit = EcfMisfit::kTooMany, .row = kMostEcfEvents};
  for (size_t i = 0; i < n; ++i) {
    const EcfMisfit misfit = misfit_of(events, i);
    if (misfit != EcfMisfit::kNone) return {.misfit = misfit, .row = i};
  }
  Output block(out);
  block.write(static_cast<uint32_t>(n << 2 | static_cast<uint32_t>(mode)));
  write_times(block, events, n);
  if (mode == EcfMode::kPackedAll) {
    write_packed<uint32_t>(block, events, n);
    return {.bytes = block.bytes()};
  }
  write_rows(block, events, n);
  if (mode == EcfMode::kPackedX) {
    write_packed<uint16_t>(block, events, n);
  } else {
    write_steps(block, events, n);
    write_polarities(block, events, n);
  }
  return {.bytes = block.bytes()};
}

}  // namespace evarrow::codecs
