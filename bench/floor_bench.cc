// SPDX-License-Identifier: Apache-2.0
// What the machine can do at best, and filters beside it. The floors move as many bytes as the
// work they stand for and do nothing else: 4 bytes in and 13 out for an event of EVT 2.0 that is
// decoded, 13 bytes in for one that a filter looks at.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/filter.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"

namespace {

using namespace evarrow;

constexpr size_t kRows = 20'000'000;
constexpr size_t kBatch = 65'536;

void count(benchmark::State& state, size_t events) {
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(events),
                         benchmark::Counter::kIsRate);
}

// Columns from words by the widest plain stores that the compiler makes.
void fill(const uint32_t* words, size_t n, EventBatch& out) {
  int16_t* x = out.x();
  int16_t* y = out.y();
  int64_t* t = out.t();
  int8_t* polarity = out.polarity();
  for (size_t i = 0; i < n; ++i) x[i] = static_cast<int16_t>(words[i]);
  for (size_t i = 0; i < n; ++i) y[i] = static_cast<int16_t>(words[i]);
  for (size_t i = 0; i < n; ++i) t[i] = static_cast<int64_t>(words[i]);
  for (size_t i = 0; i < n; ++i) polarity[i] = static_cast<int8_t>(words[i]);
  benchmark::ClobberMemory();
}

// Into memory of `rows` rows that was written before, in pieces whose words stay in cache.
void floor_store(benchmark::State& state, size_t rows) {
  const std::vector<uint32_t> words(kRows, 7);
  EventBatch out(rows);
  constexpr size_t kPiece = 2048;
  fill(words.data(), rows, out);
  for (auto _ : state) {
    for (size_t at = 0; at + kPiece <= kRows; at += kPiece) {
      EventBatch piece(out.slice(at % rows, kPiece));
      fill(words.data() + at, kPiece, piece);
    }
  }
  count(state, kRows);
}

EventBatch random_events() {
  EventBatch events(kRows);
  std::minstd_rand random(1);
  for (size_t i = 0; i < kRows; ++i) {
    events.x()[i] = static_cast<int16_t>(random() % 640);
    events.y()[i] = static_cast<int16_t>(random() % 480);
    events.t()[i] = static_cast<int64_t>(i / 4);
    events.polarity()[i] = random() % 2 == 0 ? int8_t{-1} : int8_t{1};
  }
  events.resize(kRows);
  return events;
}

uint64_t sum(const std::byte* bytes, size_t n) {
  uint64_t sums[8] = {};
  for (size_t i = 0; i + sizeof(sums) <= n; i += sizeof(sums)) {
    uint64_t words[8];
    std::memcpy(words, bytes + i, sizeof(words));
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += words[lane];
  }
  uint64_t all = 0;
  for (const uint64_t one : sums) all += one;
  return all;
}

void floor_read(benchmark::State& state) {
  const EventBatch events = random_events();
  for (auto _ : state) {
    uint64_t all = 0;
    for (size_t column = 0; column < 4; ++column) {
      all += sum(events.bytes(column), kRows * width_of(kEventFields[column].type));
    }
    benchmark::DoNotOptimize(all);
  }
  count(state, kRows);
}

// All times are looked at, as for events in no known order.
void filter(benchmark::State& state, const char* level, Predicate predicate) {
  setenv("EVARROW_TARGET", level, 1);
  const EventBatch events = random_events();
  EventBatch to(kRows);
  for (auto _ : state) {
    to.resize(0);
    filter_box(events, predicate, to, {.threads = 1});
    benchmark::DoNotOptimize(to.bytes(kT));
  }
  state.counters["kept"] = static_cast<double>(to.size()) / static_cast<double>(kRows);
  count(state, kRows);
  unsetenv("EVARROW_TARGET");
}

template <typename Run>
void add(const std::string& name, Run run) {
  benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond)->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  add("floor_store/memory", [](benchmark::State& state) { floor_store(state, kRows); });
  add("floor_store/batch", [](benchmark::State& state) { floor_store(state, kBatch); });
  add("floor_read", floor_read);
  const auto quarter = static_cast<int64_t>(kRows / 16);
  const Predicate few{
      .t_begin = quarter, .t_end = 3 * quarter, .x_end = 80, .y_end = 60, .polarity = int8_t{1}};
  const Predicate some{.t_begin = quarter, .t_end = 3 * quarter, .x_end = 320, .polarity = {}};
  for (const char* level : {"scalar", "avx2", "avx512"}) {
    setenv("EVARROW_TARGET", level, 1);
    const bool there = instruction_set() == level;
    unsetenv("EVARROW_TARGET");
    if (!there) continue;
    add(std::string("filter/few/") + level,
        [=](benchmark::State& state) { filter(state, level, few); });
    add(std::string("filter/some/") + level,
        [=](benchmark::State& state) { filter(state, level, some); });
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
