// SPDX-License-Identifier: Apache-2.0
// ECF blocks: what is read from any bytes, and what is written for any events. The first byte of
// the choices says which of both; of the others each column has one.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "codecs/ecf.h"
#include "options.h"

namespace evarrow::fuzz {
namespace {

using namespace codecs;

struct Columns {
  explicit Columns(size_t n, size_t fence = 0)
      : x(n + fence, kMark), y(n + fence, kMark), t(n + fence, kMark), polarity(n + fence, kMark) {}

  EcfEvents events() const {
    return {.x = x.data(), .y = y.data(), .t = t.data(), .polarity = polarity.data()};
  }
  bool operator==(const Columns&) const = default;

  static constexpr int8_t kMark = 0x55;
  std::vector<int16_t> x, y;
  std::vector<int64_t> t;
  std::vector<int8_t> polarity;
};

template <typename T>
void check_fence(const std::vector<T>& column, size_t n) {
  check(std::all_of(column.begin() + static_cast<ptrdiff_t>(n), column.end(),
                    [](T value) { return value == Columns::kMark; }),
        "nothing is written past the last event");
}

// The events of a block that is sound, written and read again.
void check_written(const Columns& columns, size_t n, EcfMode mode) {
  std::vector<std::byte> block(ecf_bound(n));
  const EcfEncoded encoded = ecf_encode(columns.events(), n, mode, block.data());
  check(encoded.bytes <= block.size(), "no block is longer than it may be");
  if (encoded.misfit != EcfMisfit::kNone) {
    check(encoded.row < std::max<size_t>(n, 1), "a misfit is one of the events");
    return;
  }
  block.resize(encoded.bytes);
  block.shrink_to_fit();
  check(ecf_count(block) == n, "as many events are in a block as were written");
  Columns again(n);
  const EcfDecoded decoded = ecf_decode(block, n,
                                        {.x = again.x.data(),
                                         .y = again.y.data(),
                                         .t = again.t.data(),
                                         .polarity = again.polarity.data()});
  check(decoded.damage == nullptr, "what was written is sound");
  check(decoded.bytes == block.size(), "what was written is read to its end");
  Columns want = columns;
  for (int8_t& polarity : want.polarity) polarity = polarity > 0 ? int8_t{1} : int8_t{-1};
  check(again == want, "what was written is read the same");
}

void check_block(Bytes block, Choices& choices) {
  constexpr size_t kFence = 80;
  const size_t n = ecf_count(block).value_or(0);
  Columns all(n, kFence);
  Columns some(n, kFence);
  const EcfDecoded decoded = ecf_decode(
      block, n,
      {.x = all.x.data(), .y = all.y.data(), .t = all.t.data(), .polarity = all.polarity.data()});
  EcfColumns wanted;
  if (choices.flag()) wanted.x = some.x.data();
  if (choices.flag()) wanted.y = some.y.data();
  if (choices.flag()) wanted.t = some.t.data();
  if (choices.flag()) wanted.polarity = some.polarity.data();
  const EcfDecoded again = ecf_decode(block, n, wanted);
  for (const Columns* columns : {&all, &some}) {
    check_fence(columns->x, n);
    check_fence(columns->y, n);
    check_fence(columns->t, n);
    check_fence(columns->polarity, n);
  }
  check(decoded.bytes <= block.size(), "no more is read than there is");
  check(again.bytes == decoded.bytes, "as much is read for any columns");
  check((again.damage == nullptr) == (decoded.damage == nullptr),
        "the verdict is the same for any columns");
  if (decoded.damage != nullptr) {
    check(std::string_view(decoded.damage) != "", "a damage has a name");
    return;
  }
  check(wanted.x == nullptr || some.x == all.x, "x is the same without other columns");
  check(wanted.y == nullptr || some.y == all.y, "y is the same without other columns");
  check(wanted.t == nullptr || some.t == all.t, "t is the same without other columns");
  check(wanted.polarity == nullptr || some.polarity == all.polarity,
        "polarity is the same without other columns");
  for (auto* column : {&all.x, &all.y}) column->resize(n);
  all.t.resize(n);
  all.polarity.resize(n);
  check_written(all, n, ecf_mode(all.events(), n));
}

// Four bytes an event: a step of time, and places that are near the ones before, mostly.
void check_events(Bytes bytes, Choices& choices) {
  const auto mode = static_cast<EcfMode>(choices.below(3));
  const size_t n = std::min(bytes.size() / 4, kMostEcfEvents);
  Columns columns(n);
  int64_t t = 0;
  int16_t x = 0;
  int16_t y = 0;
  for (size_t i = 0; i < n; ++i) {
    std::array<uint8_t, 4> byte;
    std::memcpy(byte.data(), bytes.data() + 4 * i, byte.size());
    t += byte[0] < 250 ? byte[0] / 16 : int64_t{1} << (byte[1] % 56);
    x = static_cast<int16_t>(byte[1] < 200 ? (x + byte[1] / 32) & 0x7FF : byte[2] * 9);
    if (byte[2] > 220) y = static_cast<int16_t>(byte[3] * 9);
    columns.t[i] = t;
    columns.x[i] = x;
    columns.y[i] = y;
    columns.polarity[i] = static_cast<int8_t>(byte[3] % 64 / 31 - 1);
  }
  check_written(columns, n, mode);
}

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace evarrow::fuzz;
  Choices choices(std::span(bytes, size));
  if (choices.flag()) {
    check_events(choices.rest(), choices);
  } else {
    check_block(choices.rest(), choices);
  }
  return 0;
}
