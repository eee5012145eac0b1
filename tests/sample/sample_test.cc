// SPDX-License-Identifier: Apache-2.0
#include "evarrow/sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/error.h"
#include "sample/curves.h"

namespace evarrow::test {
namespace {

struct Row {
  int64_t t;
  int16_t x, y;
  int8_t polarity;

  bool operator==(const Row&) const = default;
};

std::vector<Row> rows_of(SampleScene& scene, size_t capacity = 4'096) {
  std::vector<Row> rows;
  for (EventBatch batch(capacity); scene.next(batch);) {
    for (size_t i = 0; i < batch.size(); ++i) {
      rows.push_back({.t = batch.t()[i],
                      .x = batch.x()[i],
                      .y = batch.y()[i],
                      .polarity = batch.polarity()[i]});
    }
  }
  return rows;
}

std::vector<Row> rows_of(const SampleOptions& options, size_t capacity = 4'096) {
  SampleScene scene(options);
  return rows_of(scene, capacity);
}

constexpr SampleOptions kSmall = {.width = 64, .height = 48, .duration = 50'000, .seed = 7};
constexpr SampleOptions kUsual = {.width = 640, .height = 480, .duration = 60'000, .seed = 0};

// FNV-1a over the values of the first rows.
uint64_t digest(const std::vector<Row>& rows, size_t limit) {
  uint64_t hash = 0xCBF29CE484222325U;
  const auto add = [&](uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      hash = (hash ^ (value >> 8 * i & 0xFF)) * 0x100000001B3U;
    }
  };
  for (size_t i = 0; i < std::min(limit, rows.size()); ++i) {
    add(static_cast<uint64_t>(rows[i].t), 8);
    add(static_cast<uint16_t>(rows[i].x), 2);
    add(static_cast<uint16_t>(rows[i].y), 2);
    add(static_cast<uint8_t>(rows[i].polarity), 1);
  }
  return hash;
}

std::vector<std::pair<int64_t, int>> triggers_of(SampleScene& scene) {
  Batch batch;
  scene.triggers(batch);
  std::vector<std::pair<int64_t, int>> edges;
  for (size_t i = 0; i < batch.size(); ++i) {
    CHECK(batch.column<int16_t>(kTriggerId)[i] == 0);
    edges.emplace_back(batch.column<int64_t>(kTriggerT)[i],
                       batch.column<int8_t>(kTriggerPolarity)[i]);
  }
  return edges;
}

TEST_CASE("a sample is the same on every machine, compiler and day") {
  const std::vector<Row> rows = rows_of(kUsual);
  REQUIRE(rows.size() > 100'000);
  CHECK(digest(rows, 100'000) == 0xD810D6D4CD530553U);
  CHECK(digest(rows_of(kSmall), 1'000) == 0x2D0926531B9F9FBFU);
}

TEST_CASE("a sample is the same each time, and another with another seed or size") {
  const std::vector<Row> rows = rows_of(kSmall);
  CHECK(rows_of(kSmall) == rows);
  SampleOptions other = kSmall;
  other.seed = 8;
  CHECK(rows_of(other) != rows);
  other = kSmall;
  other.width = 72;
  CHECK(rows_of(other) != rows);
}

TEST_CASE("batches of any capacity give the same sample") {
  const std::vector<Row> rows = rows_of(kSmall);
  REQUIRE(rows.size() > 1'000);
  for (const size_t capacity : {size_t{0}, size_t{1}, size_t{7}, size_t{1'000'000}}) {
    CAPTURE(capacity);
    CHECK(rows_of(kSmall, capacity) == rows);
  }
}

TEST_CASE("a longer sample begins like a shorter one") {
  SampleOptions longer = kSmall;
  longer.duration = 80'500;
  const std::vector<Row> rows = rows_of(kSmall);
  std::vector<Row> beginning = rows_of(longer);
  CHECK(beginning.back().t < 80'500);
  CHECK(beginning.back().t > 79'000);
  beginning.erase(
      std::ranges::find_if(beginning, [](const Row& row) { return row.t >= kSmall.duration; }),
      beginning.end());
  CHECK(beginning == rows);
}

TEST_CASE("a sample is in order of time, inside the sensor and inside its duration") {
  for (const SampleOptions& options : {kSmall, kUsual}) {
    const std::vector<Row> rows = rows_of(options);
    REQUIRE(!rows.empty());
    CHECK(std::ranges::is_sorted(rows, {}, &Row::t));
    CHECK(rows.front().t >= 0);
    CHECK(rows.back().t < options.duration);
    CHECK(std::ranges::all_of(rows, [&](const Row& row) {
      return row.x >= 0 && row.x < options.width && row.y >= 0 && row.y < options.height &&
             (row.polarity == 1 || row.polarity == -1);
    }));
  }
}

TEST_CASE("a sample has the rate of a busy scene, in balance of light and dark") {
  for (const uint64_t seed : {0U, 1U, 2U}) {
    SampleOptions options = kUsual;
    options.seed = seed;
    const std::vector<Row> rows = rows_of(options);
    const double rate =
        static_cast<double>(rows.size()) * 1e6 / static_cast<double>(options.duration);
    CHECK(rate > 1e6);
    CHECK(rate < 6e6);
    const auto on = static_cast<double>(
        std::ranges::count_if(rows, [](const Row& row) { return row.polarity > 0; }));
    const double share = on / static_cast<double>(rows.size());
    CHECK(share > 0.4);
    CHECK(share < 0.6);
    for (int64_t begin = 0; begin < options.duration; begin += 10'000) {
      const auto in_window = std::ranges::count_if(
          rows, [&](const Row& row) { return row.t >= begin && row.t < begin + 10'000; });
      CHECK(in_window > 5'000);
    }
  }
}

TEST_CASE("a sample has edges: some pixels are busy, most are quiet") {
  const std::vector<Row> rows = rows_of(kUsual);
  std::map<std::pair<int, int>, int> counts;
  for (const Row& row : rows) ++counts[{row.x, row.y}];
  const auto busy =
      std::ranges::count_if(counts, [](const auto& entry) { return entry.second >= 4; });
  CHECK(busy > 5'000);
  CHECK(counts.size() > 40'000);
  CHECK(counts.size() < 640U * 480U / 2);
}

TEST_CASE("a pixel rests after an event") {
  const std::vector<Row> rows = rows_of(kUsual);
  std::map<std::pair<int, int>, int64_t> last;
  int64_t early = 0;
  for (const Row& row : rows) {
    const auto [entry, is_first] = last.try_emplace({row.x, row.y}, row.t);
    if (!is_first && row.t - entry->second < 100) ++early;
    entry->second = row.t;
  }
  CHECK(early < static_cast<int64_t>(rows.size() / 1'000));  // noise alone does not rest
}

TEST_CASE("a sample that lasts no time has no events") {
  SampleOptions options = kSmall;
  options.duration = 0;
  SampleScene scene(options);
  EventBatch batch(16);
  batch.resize(3);
  CHECK(!scene.next(batch));
  CHECK(batch.size() == 0);
  CHECK(triggers_of(scene).empty());
}

TEST_CASE("after its end a sample says end again") {
  SampleScene scene(kSmall);
  CHECK(!rows_of(scene).empty());
  EventBatch batch(16);
  CHECK(!scene.next(batch));
}

TEST_CASE("the smallest and the largest sensor, and sides that are no multiple of a tile") {
  const std::vector<std::pair<int32_t, int32_t>> sizes = {{8, 8}, {8, 2048}, {2048, 2048}, {13, 9}};
  for (const auto& size : sizes) {
    const int32_t width = size.first;
    const int32_t height = size.second;
    CAPTURE(width);
    const int64_t duration = width * height > 1'000'000 ? 3'000 : 200'000;
    const std::vector<Row> rows =
        rows_of({.width = width, .height = height, .duration = duration, .seed = 3});
    REQUIRE(!rows.empty());
    CHECK(std::ranges::is_sorted(rows, {}, &Row::t));
    const auto [left, right] = std::ranges::minmax(rows, {}, &Row::x);
    const auto [top, bottom] = std::ranges::minmax(rows, {}, &Row::y);
    CHECK(left.x == 0);
    CHECK(right.x == width - 1);
    CHECK(top.y == 0);
    CHECK(bottom.y == height - 1);
  }
}

TEST_CASE("a sample with impossible options is refused") {
  const auto refusal = [](const SampleOptions& options) -> std::string {
    try {
      const SampleScene scene(options);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kArgument);
      return error.what();
    }
    return "";
  };
  CHECK(refusal({.width = 7}) ==
        "a sample has a width and a height of 8 to 2048 pixels, not 7x480");
  CHECK(refusal({.height = 2049}) ==
        "a sample has a width and a height of 8 to 2048 pixels, not 640x2049");
  CHECK(refusal({.width = -640}).find("-640x480") != std::string::npos);
  CHECK(refusal({.duration = -1}) == "a sample lasts 0 to 1000000000000 microseconds, not -1");
  CHECK(refusal({.duration = INT64_MAX}).find("1000000000000") != std::string::npos);
}

TEST_CASE("a batch that somebody holds is not written again") {
  SampleScene scene(kSmall);
  EventBatch batch(100);
  REQUIRE(scene.next(batch));
  const std::byte* memory = batch.bytes(kX);
  REQUIRE(scene.next(batch));
  CHECK(batch.bytes(kX) == memory);
  const EventBatch held = batch;
  REQUIRE(scene.next(batch));
  CHECK(batch.bytes(kX) != memory);
  CHECK(batch.capacity() == 100);
}

TEST_CASE("triggers are a 30 Hz frame signal, up to the last event given out") {
  SampleOptions options = kSmall;
  options.duration = 70'000;
  SampleScene scene(options);
  CHECK(triggers_of(scene).empty());
  rows_of(scene);
  CHECK(triggers_of(scene) == std::vector<std::pair<int64_t, int>>{
                                  {0, 1}, {10'000, -1}, {33'333, 1}, {43'333, -1}, {66'666, 1}});
  CHECK(triggers_of(scene).empty());
}

TEST_CASE("triggers taken along with small batches are the same, each once") {
  SampleOptions options = kSmall;
  options.duration = 70'000;
  SampleScene whole(options);
  rows_of(whole);
  SampleScene scene(options);
  std::vector<std::pair<int64_t, int>> edges;
  for (EventBatch batch(10); scene.next(batch);) {
    for (const auto& edge : triggers_of(scene)) {
      CHECK(edge.first <= batch.t()[batch.size() - 1]);
      edges.push_back(edge);
    }
  }
  CHECK(edges == triggers_of(whole));
}

TEST_CASE("our sine and logarithm are close to those of the C library") {
  for (int i = 0; i < 2'000; ++i) {
    const double turns = i / 1'000.0;
    CHECK(std::abs(sample::sine(turns) - std::sin(turns * 6.283185307179586)) < 1e-8);
    const double number = (i + 1) / 2'000.0;
    CHECK(std::abs(sample::logarithm(number) - std::log(number)) < 1e-5);
  }
  CHECK(std::abs(sample::logarithm(0x1p-53) - std::log(0x1p-53)) < 1e-5);
}

}  // namespace
}  // namespace evarrow::test
