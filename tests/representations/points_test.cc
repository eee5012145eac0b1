// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "evarrow/error.h"
#include "evarrow/warp.h"
#include "representations/events.h"

namespace evarrow {
namespace {

using test::arrays_of;
using test::random_events;
using test::windows_of;

TEST_CASE("point_set: where there are too many events, those that were chosen have places") {
  const EventBatch events = random_events(1'000, 16, 12);
  const Windows windows =
      windows_of(events, {.kind = WindowSpec::Kind::kCount, .length = 400, .stride = 400});
  using From = RowChoice::From;
  for (const From from : {From::kWhole, From::kStart, From::kEnd}) {
    const Representation what = point_set({16, 12}, {.rows = {.count = 300, .from = from}});
    const auto points = arrays_of<float>(what, events, windows);
    for (size_t w = 0; w < 3; ++w) {
      const size_t rows = w < 2 ? 400 : 200;
      for (size_t k = 0; k < 300; ++k) {
        const float* point = points.data() + (w * 300 + k) * 4;
        if (k >= rows) {
          CHECK(point[3] == 0);
          continue;
        }
        const size_t skipped = rows == 200 || from == From::kStart ? 0
                               : from == From::kEnd                ? 100
                                                                   : k * 400 / 300 - k;
        const size_t row = w * 400 + k + skipped;
        CHECK(point[0] == events.x()[row]);
        CHECK(point[1] == events.y()[row]);
        CHECK(point[3] == events.polarity()[row]);
      }
    }
  }
  CHECK_THROWS_AS(point_set({16, 12}, {.rows = {.count = size_t{1} << 32}}).make(), Error);
}

Graph graph_of(const EventBatch& events, const Windows& windows, const GraphOptions& options,
               int threads) {
  Graphs graphs({16, 12}, options);
  represent(graphs.what(), events, windows, graphs.target(), {.threads = threads});
  return graphs.finish(windows);
}

TEST_CASE("graphs: threads, batches and what is forgotten do not show") {
  const EventBatch events = random_events(100'000, 16, 12);
  const Windows windows =
      windows_of(events, {.kind = WindowSpec::Kind::kCount, .length = 30'000, .stride = 20'000});
  const GraphOptions options = {.radius = 2, .scale = 0.1, .neighbours = 3};
  const Graph want = graph_of(events, windows, options, 1);
  CHECK(want.from.size() > 100'000);
  CHECK(want.edges.size() == windows.windows.size());
  CHECK(graph_of(events, windows, options, 3).from == want.from);

  Graphs graphs({16, 12}, options);
  Representing all(graphs.what(), windows, graphs.target(), Outside::kDrop);
  for (size_t begin = 0; begin < events.size(); begin += 777) {
    all.add(EventBatch(events.slice(begin, std::min<size_t>(777, events.size() - begin))));
  }
  CHECK(all.finish() == 0);
  const Graph got = graphs.finish(windows);
  CHECK(got.from == want.from);
  CHECK(got.to == want.to);
  CHECK(got.distance == want.distance);
  CHECK(got.edges == want.edges);
}

TEST_CASE("graphs: times that decrease are refused, and so are negative options") {
  EventBatch events = random_events(10, 16, 12);
  CHECK(graph_of(events, windows_of(events), {}, 1).edges.size() == 1);
  events.t()[9] = -1;
  CHECK_THROWS_AS(graph_of(events, windows_of(events), {}, 1), Error);
  CHECK_THROWS_AS(Graphs({16, 12}, {.radius = -1}), Error);
  CHECK_THROWS_AS(Graphs({16, 12}, {.neighbours = -1}), Error);
}

}  // namespace
}  // namespace evarrow
