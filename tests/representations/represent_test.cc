// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "evarrow/error.h"
#include "representations/events.h"

namespace evarrow {
namespace {

using test::arrays_of;
using test::random_events;
using test::windows_of;

TEST_CASE("represent: batches and threads make the same arrays as one piece") {
  const EventBatch events = random_events(200'000, 64, 48);
  const WindowSpec specs[] = {
      {},
      {.kind = WindowSpec::Kind::kEvery, .length = 20'000, .stride = 7'000},
      {.kind = WindowSpec::Kind::kCount, .length = 50'000, .stride = 60'000}};
  const Representation kinds[] = {
      voxel_grid({64, 48}, {.bins = 5}),
      voxel_grid({64, 48}, {.time = VoxelGridOptions::Time::kCentres, .conserve = true})};
  for (const WindowSpec& spec : specs) {
    const Windows windows = windows_of(events, spec);
    for (const Representation& what : kinds) {
      const std::vector<float> want = arrays_of<float>(what, events, windows, {.threads = 1});
      CHECK((arrays_of<float>(what, events, windows, {.threads = 3}) == want));
      std::vector<float> got(want.size(), 9);
      Representing all(what, windows, {reinterpret_cast<std::byte*>(got.data()), what.type},
                       Outside::kDrop);
      for (size_t begin = 0; begin < events.size(); begin += 33'333) {
        const size_t n = std::min<size_t>(33'333, events.size() - begin);
        all.add(EventBatch(events.slice(begin, n)));
      }
      CHECK(all.finish() == 0);
      CHECK((got == want));
    }
  }
}

std::vector<std::byte> bytes_of(const Representation& what, const EventBatch& events, int threads) {
  std::vector<std::byte> out(what.values() * width_of(what.type), std::byte{9});
  represent(what, events, windows_of(events), {out.data(), what.type}, {.threads = threads});
  return out;
}

TEST_CASE("represent: what threads gather apart is put together in order") {
  using Kind = TimeSurfaceOptions::Kind;
  EventBatch events = random_events(150'000, 40, 30);
  std::vector<Representation> kinds;
  for (const bool split : {false, true}) {
    kinds.push_back(time_surface({40, 30}, {.kind = Kind::kTimes, .unseen = -7, .split = split}));
    kinds.push_back(time_surface({40, 30}, {.tau = 900, .split = split}));
    kinds.push_back(time_surface({40, 30}, {.kind = Kind::kBytes, .split = split}));
  }
  for (const Polarities polarities : {Polarities::kSplit, Polarities::kMerged, Polarities::kSigned,
                                      Polarities::kTernary, Polarities::kBinary}) {
    kinds.push_back(count_image({40, 30}, polarities));
  }
  // Late events on few pixels, times that go back, and a span that 32 bits do not hold.
  for (size_t i = 100'000; i < 150'000; ++i) events.x()[i] = static_cast<int16_t>(i % 3);
  for (size_t i = 50'000; i < 60'000; ++i) events.t()[i] -= 12'345;
  for (const int64_t last : {events.t()[149'999], int64_t{1} << 40}) {
    events.t()[149'999] = last;
    for (const Representation& what : kinds) {
      const std::vector<std::byte> want = bytes_of(what, events, 1);
      for (const int threads : {2, 3, 7}) CHECK((bytes_of(what, events, threads) == want));
    }
  }
}

TEST_CASE("represent: values go into other types, fractions not into whole numbers") {
  const EventBatch events = random_events(1000, 2, 2);
  const Representation counts = count_image({2, 2}, Polarities::kMerged);
  const Windows windows = windows_of(events);
  const std::vector<uint32_t> want = arrays_of<uint32_t>(counts, events, windows);
  Representation wrapping = counts;
  wrapping.wraps = true;
  std::vector<int8_t> bounded(4);
  std::vector<int8_t> wrapped(4);
  represent(counts, events, windows,
            {reinterpret_cast<std::byte*>(bounded.data()), ValueType::kI8});
  represent(wrapping, events, windows,
            {reinterpret_cast<std::byte*>(wrapped.data()), ValueType::kI8});
  for (size_t i = 0; i < 4; ++i) {
    CHECK(want[i] > 127);
    CHECK(bounded[i] == 127);
    CHECK(wrapped[i] == static_cast<int8_t>(want[i]));
  }
  CHECK_THROWS_AS(represent(voxel_grid({2, 2}, {.bins = 1}), events, windows,
                            {reinterpret_cast<std::byte*>(bounded.data()), ValueType::kI8}),
                  Error);
}

TEST_CASE("non zeros: what is not 0 of all arrays, in order, however many threads make them") {
  const EventBatch events = random_events(100'000, 16, 12);
  const Windows windows =
      windows_of(events, {.kind = WindowSpec::Kind::kCount, .length = 90, .stride = 70});
  const Representation what = voxel_grid({16, 12}, {.bins = 3});
  const std::vector<float> want = arrays_of<float>(what, events, windows);
  for (const int threads : {1, 3}) {
    NonZeros kept(what, what.type);
    represent(what, events, windows, kept.target(), {.threads = threads});
    const NonZeros::Values values = kept.finish();
    REQUIRE(values.value.size() == values.place.size() * sizeof(float));
    CHECK(std::ranges::is_sorted(values.place));
    std::vector<float> got(want.size());
    for (size_t i = 0; i < values.place.size(); ++i) {
      std::memcpy(&got[values.place[i]], &values.value[i * sizeof(float)], sizeof(float));
    }
    CHECK((got == want));
    CHECK(kept.finish().place.empty());
  }
}

TEST_CASE("represent: a window that promises more rows than there are is finished all the same") {
  const EventBatch events = random_events(10, 2, 2);
  Windows windows;
  windows.windows = {{.begin = 0, .end = 1000}, {.begin = 5, .end = 5}, {.begin = 900, .end = 901}};
  std::vector<uint32_t> out(12, 9);
  Representing all(count_image({2, 2}, Polarities::kMerged), windows,
                   {reinterpret_cast<std::byte*>(out.data()), ValueType::kU32}, Outside::kDrop);
  all.add(events);
  all.finish();
  CHECK(out[0] + out[1] + out[2] + out[3] == 10);
  for (size_t i = 4; i < 12; ++i) CHECK(out[i] == 0);
}

TEST_CASE("windows: times handed over in pieces give the same windows") {
  std::vector<int64_t> t(1000);
  for (size_t i = 0; i < t.size(); ++i) t[i] = static_cast<int64_t>(i * i / 7);
  const WindowSpec specs[] = {
      {},
      {.kind = WindowSpec::Kind::kEvery, .length = 999, .stride = 500},
      {.kind = WindowSpec::Kind::kEvery, .length = 10, .stride = 4000, .partial = false},
      {.kind = WindowSpec::Kind::kCount, .length = 64, .stride = 10},
      {.kind = WindowSpec::Kind::kRows, .bounds = {{900, 2000}, {3, 3}, {0, 7}, {5000, 6000}}},
      {.kind = WindowSpec::Kind::kTimes, .closed_end = true, .bounds = {{8, 9}, {-5, 4}, {0, 0}}}};
  for (const WindowSpec& spec : specs) {
    const std::vector<Window> want = find_windows(t.data(), t.size(), spec).windows;
    for (const size_t piece : {1, 7, 999}) {
      WindowFinder finder(spec);
      for (size_t i = 0; i < t.size(); i += piece) {
        finder.add(t.data() + i, std::min(piece, t.size() - i));
      }
      const std::vector<Window> got = finder.finish();
      REQUIRE(got.size() == want.size());
      for (size_t i = 0; i < got.size(); ++i) {
        CHECK(got[i].begin == want[i].begin);
        CHECK(got[i].end == want[i].end);
        CHECK(got[i].t_first == want[i].t_first);
        CHECK(got[i].t_last == want[i].t_last);
        if (want[i].rows() > 0) {
          CHECK(want[i].t_first == t[want[i].begin]);
          CHECK(want[i].t_last == t[want[i].end - 1]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace evarrow
