// SPDX-License-Identifier: Apache-2.0
// A plan of any numbers over a file of any bytes: it is refused, or its rows come out, or they are
// damaged. Two reads say the same, and so does the count where nothing is damaged.
#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "both_ways.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"

namespace evarrow::fuzz {
namespace {

// Numbers from the front of the input; zeros when it is used up.
class Numbers {
 public:
  explicit Numbers(std::span<const uint8_t> input) : input_(input) {}

  uint64_t byte() {
    if (input_.empty()) return 0;
    const uint8_t value = input_.front();
    input_ = input_.subspan(1);
    return value;
  }
  // Mostly small, sometimes of any size.
  uint64_t number() {
    const uint64_t kind = byte();
    uint64_t value = byte() | byte() << 8;
    if (kind >= 0xF0) {
      for (int shift = 16; shift < 64; shift += 8) value |= byte() << shift;
    }
    return value;
  }
  std::span<const uint8_t> rest() const { return input_; }

 private:
  std::span<const uint8_t> input_;
};

ChunkedRows dataset_of(Numbers& numbers) {
  constexpr uint32_t kFilters[] = {1, 2, 3, 32000, 32001, 32004, 32008, 32015, 0x8ECF, 7};
  ChunkedRows rows;
  rows.name = "d";
  rows.row_bytes = static_cast<uint32_t>(1 + numbers.byte() % 24);
  rows.chunk_rows = numbers.number();
  const uint64_t filters = numbers.byte() % 3;
  for (uint64_t i = 0; i < filters; ++i) {
    rows.filters.push_back({.id = kFilters[numbers.byte() % std::size(kFilters)], .values = {}});
    for (uint64_t k = numbers.byte() % 6; k > 0; --k) {
      rows.filters.back().values.push_back(static_cast<uint32_t>(numbers.number()));
    }
  }
  uint64_t row = 0;
  for (uint64_t chunks = numbers.byte() % 6; chunks > 0; --chunks) {
    rows.chunks.push_back({.row = row,
                           .offset = numbers.number(),
                           .size = numbers.number(),
                           .skipped = numbers.byte() % 4});
    row += numbers.byte() < 0xE0 ? rows.chunk_rows : numbers.number();
  }
  return rows;
}

ChunkPlan plan_of(Numbers& numbers) {
  ChunkPlan plan;
  plan.rows = numbers.number() % 100'000;
  for (uint64_t n = 1 + numbers.byte() % 4; n > 0; --n)
    plan.datasets.push_back(dataset_of(numbers));
  for (int i = 0; i < 4; ++i) {
    plan.columns.push_back({.dataset = static_cast<uint32_t>(numbers.byte() % 5),
                            .at = static_cast<uint32_t>(numbers.byte() % 20),
                            .type = static_cast<Stored>(numbers.byte() % 10),
                            .big_endian = numbers.byte() % 2 != 0,
                            .shift = static_cast<int8_t>(numbers.byte())});
  }
  plan.time = {.offset = static_cast<int64_t>(numbers.number()),
               .multiplier = static_cast<int64_t>(numbers.number()),
               .divisor = static_cast<int64_t>(numbers.number())};
  if (numbers.byte() % 2 != 0) {
    plan.periods = {.dataset = dataset_of(numbers),
                    .entries = numbers.number(),
                    .row = {.at = static_cast<uint32_t>(numbers.byte() % 20),
                            .type = static_cast<Stored>(numbers.byte() % 10)},
                    .first = static_cast<int64_t>(numbers.number()),
                    .period = static_cast<int64_t>(numbers.number())};
  }
  return plan;
}

// A recording that is sound as a whole gives in a window the events that it has there.
void check_window(const Recording& recording, int64_t begin, int64_t end) {
  Scan window = recording.scan();
  window.predicate.t_begin = begin;
  window.predicate.t_end = end;
  const bool strict = recording.options().on_error == OnError::kRaise;
  try {
    const Batch found = window.read();
    const Batch all = recording.scan().read();
    const std::span times(all.column<int64_t>(kT), all.size());
    const auto inside = std::ranges::count_if(
        times, [&](int64_t t) { return t >= begin && (t < end || end == INT64_MAX); });
    check(!strict || static_cast<size_t>(inside) == found.size(), "a window has all of its events");
  } catch (const Error&) {
    return;  // damage, in the window or elsewhere
  }
}

void run(std::span<const uint8_t> input) {
  Numbers numbers(input);
  auto plan = std::make_shared<ContainerPlan>();
  plan->header.format = "hdf5";
  const uint64_t choices = numbers.byte();
  Options options;
  options.on_error = (choices & 1) != 0 ? OnError::kIgnore : OnError::kRaise;
  options.sort = (choices & 2) != 0;
  options.threads = (choices & 4) != 0 ? 2 : 1;
  if ((choices & 8) != 0) {
    options.resolution = Resolution{100, 100};
    options.out_of_sensor = OutOfSensor::kDrop;
  }
  const size_t batch_size = 1 + numbers.number() % 20'000;
  plan->streams.push_back(plan_of(numbers));
  const auto begin = static_cast<int64_t>(numbers.number());
  const auto end = static_cast<int64_t>(numbers.number());
  options.container = plan;
  const std::vector<uint8_t> file(numbers.rest().begin(), numbers.rest().end());
  const Bytes bytes = std::as_bytes(std::span(file));
  try {
    const Recording recording = Recording::from_bytes(bytes, nullptr, options);
    check_window(recording, begin, end);
    check_both_ways(recording, batch_size);
  } catch (const Error&) {
    return;  // the plan is refused
  }
}

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  evarrow::fuzz::run({bytes, size});
  return 0;
}
