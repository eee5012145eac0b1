// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "evarrow/error.h"
#include "representations/events.h"

namespace evarrow {
namespace {

using test::arrays_of;
using test::random_events;
using test::windows_of;

TEST_CASE("represent: pieces make the same counters, contrasts and intensities as the whole") {
  const EventBatch events = random_events(100'000, 16, 12);
  const Windows windows =
      windows_of(events, {.kind = WindowSpec::Kind::kCount, .length = 30'000, .stride = 20'000});
  const Representation kinds[] = {
      hardware_histogram({16, 12}, {.packed = true}), hardware_histogram({16, 12}, {}),
      hardware_difference({16, 12}, {.bits = 5}), contrast_map({16, 12}, 1.2F, 0.8F),
      integrated_image({16, 12}, {.tau = 1000, .diffusion = 0.2F})};
  for (const Representation& what : kinds) {
    std::vector<std::byte> want(what.values() * width_of(what.type) * windows.windows.size());
    std::vector<std::byte> got = want;
    represent(what, events, windows, {want.data(), what.type}, {.threads = 3});
    Representing all(what, windows, {got.data(), what.type}, Outside::kDrop);
    for (size_t begin = 0; begin < events.size(); begin += 777) {
      all.add(EventBatch(events.slice(begin, std::min<size_t>(777, events.size() - begin))));
    }
    CHECK(all.finish() == 0);
    CHECK((got == want));
  }
}

TEST_CASE("represent: a surface around each event ends where the sensor does") {
  const EventBatch events = random_events(300, 3, 2);
  const Representation what =
      local_surfaces({3, 2}, {.radius = 2, .tau = 10}, {.count = events.size()});
  const auto out = arrays_of<float>(what, events, windows_of(events));
  for (size_t i = 0; i < events.size(); ++i) {
    for (int dy = -2; dy <= 2; ++dy) {
      for (int dx = -2; dx <= 2; ++dx) {
        const int x = events.x()[i] + dx;
        const int y = events.y()[i] + dy;
        const float value = out[i * 25 + static_cast<size_t>((dy + 2) * 5 + dx + 2)];
        const bool inside = x >= 0 && y >= 0 && x < 3 && y < 2;
        CHECK((inside ? value >= 0 && value <= 1 : value == 0));
        if (dx == 0 && dy == 0) CHECK(value == 1);
      }
    }
  }
  CHECK_THROWS_AS(local_surfaces({3, 2}, {.radius = -1}, {}), Error);
  CHECK_THROWS_AS(local_surfaces({3, 2}, {.tau = 0}, {}), Error);
}

TEST_CASE("represent: prototypes are the first surfaces, moved by those that are like them") {
  const EventBatch events = random_events(2'000, 6, 4);
  const LocalSurfaceOptions options{.radius = 1, .tau = 100};
  std::vector<double> prototypes(3 * 9);
  CHECK(learn_prototypes(events, {6, 4}, options, 3, prototypes.data()) == 3);
  std::vector<int32_t> numbers(events.size(), 9);
  nearest_prototypes(events, {6, 4}, options, prototypes.data(), 3, numbers.data());
  for (const int32_t number : numbers) CHECK((number >= 0 && number < 3));
  CHECK_THROWS_AS(learn_prototypes(events, {6, 4}, options, 0, prototypes.data()), Error);
}

}  // namespace
}  // namespace evarrow
