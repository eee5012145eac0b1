// SPDX-License-Identifier: Apache-2.0
// A block is a section for each column, or for several, one behind the other and without lengths:
// each is read up to the last event before the next one can be.
#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/ecf.h"
#include "codecs/ecf_words.h"

namespace evarrow::codecs {
namespace {

class Input {
 public:
  explicit Input(Bytes bytes) noexcept : begin_(bytes.data()), at_(begin_), left_(bytes.size()) {}

  // The next number, if it is there.
  template <typename T>
  bool read(T& value) noexcept {
    if (left_ < sizeof(T)) [[unlikely]]
      return false;
    std::memcpy(&value, at_, sizeof(T));
    skip(sizeof(T));
    return true;
  }
  const std::byte* data() const noexcept { return at_; }
  size_t left() const noexcept { return left_; }
  void skip(size_t bytes) noexcept {
    at_ += bytes;
    left_ -= bytes;
  }
  size_t bytes_read() const noexcept { return static_cast<size_t>(at_ - begin_); }

 private:
  const std::byte* begin_;
  const std::byte* at_;
  size_t left_;
};

// Writes `n` of the `room` values from `to` on. Where there is room, kWide are stored whatever n
// is: nearly all runs are shorter, and a loop as long as the run would be guessed wrong each time.
template <size_t kWide, typename T>
void fill(T* to, T value, size_t n, size_t room) noexcept {
  if (room < kWide) [[unlikely]] {
    std::fill_n(to, n, value);
    return;
  }
  for (size_t i = 0; i < kWide; ++i) to[i] = value;
  if (n > kWide) [[unlikely]]
    std::fill_n(to + kWide, n - kWide, value);
}

// 1, or `off`; without a branch, which polarities would make hard to guess.
int8_t polarity_of(uint32_t bit, int8_t off) noexcept {
  return static_cast<int8_t>(((bit - 1U) & static_cast<uint32_t>(off)) | bit);
}

// Runs until there are `n` values. `value_of(entry, value)` has the value that stands above the
// count; for a time it may have to read on to another entry, and is false if it cannot.
template <typename Entry, uint32_t kCountBits, size_t kWide, typename T, typename ValueOf>
const char* read_runs(Input& in, size_t n, T* to, ValueOf value_of) noexcept {
  constexpr uint32_t kLong = ecf::long_count(kCountBits);
  for (size_t done = 0; done < n;) {
    Entry entry;
    T value;
    if (!in.read(entry)) return "it ends within its runs";
    if (!value_of(entry, value)) return "a time is cut off, or longer than 64 bits";
    size_t count = entry & kLong;
    if (count == kLong) [[unlikely]] {
      uint16_t long_count;
      if (!in.read(long_count)) return "it ends within its runs";
      count = long_count;
    }
    if (count > n - done) [[unlikely]]
      return "a run goes on past its last event";
    if (to != nullptr) fill<kWide>(to + done, value, count, n - done);
    done += count;
  }
  return nullptr;
}

// Reads the bytes of a long time, of which `entry` is the first, and the run behind them.
bool read_long_time(Input& in, uint8_t& entry, uint64_t& time) noexcept {
  uint64_t passed = 0;
  for (uint32_t bits = 0; entry >> ecf::kTimeCountBits == ecf::kLongTime; bits += 4) {
    if (bits == ecf::kMostTimeBits) return false;
    passed |= static_cast<uint64_t>(entry & 0xF) << bits;
    if (!in.read(entry)) return false;
  }
  time += passed;
  return true;
}

const char* read_times(Input& in, size_t n, int64_t* t) noexcept {
  uint64_t time;
  if (!in.read(time)) return "it ends within its header";
  return read_runs<uint8_t, ecf::kTimeCountBits, 16>(in, n, t, [&](uint8_t& entry, int64_t& value) {
    if (entry >> ecf::kTimeCountBits == ecf::kLongTime) [[unlikely]] {
      if (!read_long_time(in, entry, time)) return false;
    }
    time += static_cast<uint64_t>(entry >> ecf::kTimeCountBits);
    value = static_cast<int64_t>(time);
    return true;
  });
}

const char* read_rows(Input& in, size_t n, int16_t* y) noexcept {
  return read_runs<uint16_t, ecf::kRowCountBits, 32>(in, n, y, [](uint16_t entry, int16_t& value) {
    value = static_cast<int16_t>(entry >> ecf::kRowCountBits);
    return true;
  });
}

const char* read_polarities(Input& in, size_t n, int8_t* polarity, int8_t off) noexcept {
  return read_runs<uint8_t, ecf::kPolarityCountBits, 32>(
      in, n, polarity, [off](uint8_t entry, int8_t& value) {
        value = polarity_of(entry >> ecf::kPolarityCountBits, off);
        return true;
      });
}

// The events of an entry of steps: how far they are from its x, and how many they are.
struct Steps {
  std::array<int16_t, 8> from_x{};
  size_t count = 1;
};

constexpr auto kSteps = [] {
  std::array<Steps, 1U << ecf::kStepBits> all{};
  for (uint32_t mask = 0; mask < all.size(); ++mask) {
    Steps& steps = all[mask];
    for (uint32_t step = 1; step <= ecf::kStepBits; ++step) {
      if ((mask >> (ecf::kStepBits - step) & 1) != 0) {
        steps.from_x[steps.count++] = static_cast<int16_t>(step);
      }
    }
  }
  return all;
}();

const char* read_steps(Input& in, size_t n, int16_t* x) noexcept {
  for (size_t done = 0; done < n;) {
    uint16_t entry;
    if (!in.read(entry)) return "it ends within its steps";
    const Steps& steps = kSteps[entry & ((1U << ecf::kStepBits) - 1)];
    // Of the last entry, steps beyond the last event mean nothing.
    if (x != nullptr) {
      std::array<int16_t, 8> values = steps.from_x;
      for (int16_t& value : values) {
        value = static_cast<int16_t>(value + (entry >> ecf::kStepBits));
      }
      const size_t stored = std::min(n - done, values.size());
      if (stored == values.size()) [[likely]] {
        std::memcpy(x + done, values.data(), sizeof(values));
      } else {
        std::copy_n(values.data(), stored, x + done);
      }
    }
    done += steps.count;
  }
  return nullptr;
}

// Four values of 6 * sizeof(Word) bits in three words: each begins where the one before it ends,
// from the high bits of a word on, but what is left of it comes from the low bits of a word.
template <typename Word>
std::array<uint32_t, ecf::kGroup> unpack(const std::byte* group) noexcept {
  constexpr uint32_t kQuarter = 2 * sizeof(Word);  // bits
  constexpr uint32_t kLow = (1U << kQuarter) - 1;
  constexpr uint32_t kHalf = (1U << 2 * kQuarter) - 1;
  constexpr uint32_t kValue = (1U << 3 * kQuarter) - 1;
  std::array<Word, ecf::kWordsOfGroup> words;
  std::memcpy(words.data(), group, sizeof(words));
  const uint32_t a = words[0];
  const uint32_t b = words[1];
  const uint32_t c = words[2];
  return {a >> kQuarter, (a & kLow) | b >> 2 * kQuarter << kQuarter,
          (b & kHalf) | c >> 3 * kQuarter << 2 * kQuarter, c & kValue};
}

// `n` values of the groups, each as `field` says, to `to`.
template <typename Word, typename T, typename Field>
void unpack_column(const std::byte* groups, size_t n, T* to, Field field) noexcept {
  constexpr size_t kBytes = ecf::kWordsOfGroup * sizeof(Word);
  if (to == nullptr) return;
  for (; n >= ecf::kGroup; n -= ecf::kGroup, to += ecf::kGroup, groups += kBytes) {
    const auto values = unpack<Word>(groups);
    for (size_t i = 0; i < ecf::kGroup; ++i) to[i] = field(values[i]);
  }
  if (n == 0) return;
  const auto values = unpack<Word>(groups);
  for (size_t i = 0; i < n; ++i) to[i] = field(values[i]);
}

template <typename Word>
const char* read_packed(Input& in, size_t n, const EcfColumns& out) noexcept {
  const size_t groups = (n + ecf::kGroup - 1) / ecf::kGroup;
  const size_t bytes = groups * ecf::kWordsOfGroup * sizeof(Word);
  if (in.left() < bytes) return "it ends within its packed events";
  const auto coordinate = [](uint32_t value) { return static_cast<int16_t>(value); };
  unpack_column<Word>(in.data(), n, out.x,
                      [=](uint32_t value) { return coordinate(ecf::packed_x(value)); });
  unpack_column<Word>(in.data(), n, out.polarity, [off = out.off](uint32_t value) {
    return polarity_of(ecf::packed_polarity(value), off);
  });
  if constexpr (sizeof(Word) == sizeof(uint32_t)) {
    unpack_column<Word>(in.data(), n, out.y,
                        [=](uint32_t value) { return coordinate(ecf::packed_y(value)); });
  }
  in.skip(bytes);
  return nullptr;
}

const char* read_places(Input& in, uint32_t mode, size_t n, const EcfColumns& out) noexcept {
  if ((mode & static_cast<uint32_t>(EcfMode::kPackedAll)) != 0) {
    return read_packed<uint32_t>(in, n, out);
  }
  if (const char* damage = read_rows(in, n, out.y)) return damage;
  if (mode == static_cast<uint32_t>(EcfMode::kPackedX)) return read_packed<uint16_t>(in, n, out);
  if (const char* damage = read_steps(in, n, out.x)) return damage;
  return read_polarities(in, n, out.polarity, out.off);
}

}  // namespace

std::optional<size_t> ecf_count(Bytes block) noexcept {
  uint32_t header;
  if (block.size() < ecf::kHeaderBytes) return std::nullopt;
  std::memcpy(&header, block.data(), sizeof(header));
  const size_t events = header >> 2;
  if (events > kMostEcfEvents) return std::nullopt;
  return events;
}

EcfDecoded ecf_decode(Bytes block, size_t room, const EcfColumns& out) noexcept {
  const std::optional<size_t> events = ecf_count(block);
  if (!events) return {.damage = "its header is no header of a block"};
  if (*events > room) return {.events = *events, .damage = "it has more events than it should"};
  Input in(block);
  uint32_t header = 0;
  in.read(header);
  const char* damage = read_times(in, *events, out.t);
  if (damage == nullptr) damage = read_places(in, header & 3, *events, out);
  return {.events = *events, .bytes = in.bytes_read(), .damage = damage};
}

}  // namespace evarrow::codecs
