// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace evarrow::kernels {
namespace {

TEST_CASE("rows: the first descent is found wherever it is") {
  for (size_t n = 0; n < 70; ++n) {
    std::vector<int64_t> t(n);
    for (size_t i = 0; i < n; ++i) t[i] = static_cast<int64_t>(i / 3);
    CHECK(first_descent(t.data(), n) == n);
    for (size_t at = 1; at < n; ++at) {
      auto with_step = t;
      with_step[at] = with_step[at - 1] - 1;
      CHECK(first_descent(with_step.data(), n) == at);
    }
  }
}

TEST_CASE("rows: a range widens to all times, and to none") {
  std::mt19937 random(2);
  for (size_t n = 0; n < 40; ++n) {
    std::vector<int64_t> t(n);
    for (int64_t& value : t) value = (static_cast<int64_t>(random()) << 20) - (int64_t{1} << 51);
    int64_t low = INT64_MAX;
    int64_t high = INT64_MIN;
    for (const int64_t value : t) {
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    int64_t t_min = INT64_MAX;
    int64_t t_max = INT64_MIN;
    widen_range(t.data(), n, t_min, t_max);
    CHECK(t_min == low);
    CHECK(t_max == high);
    t_min = INT64_MIN;
    t_max = INT64_MAX;
    widen_range(t.data(), n, t_min, t_max);
    CHECK(t_min == INT64_MIN);
    CHECK(t_max == INT64_MAX);
  }
}

TEST_CASE("rows: a box keeps what its definition says, and writes no further") {
  std::mt19937 random(1);
  for (size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{1023}, size_t{1024}, size_t{3000}}) {
    std::vector<int16_t> x(n), y(n);
    std::vector<int64_t> t(n);
    std::vector<int8_t> polarity(n);
    for (size_t i = 0; i < n; ++i) {
      x[i] = static_cast<int16_t>(random());
      y[i] = static_cast<int16_t>(random());
      t[i] = static_cast<int64_t>(random()) - 2'000'000'000;
      polarity[i] = random() % 2 == 0 ? int8_t{-1} : int8_t{1};
    }
    const Box box{.t = t.data(),
                  .x = x.data(),
                  .y = y.data(),
                  .polarity = polarity.data(),
                  .t_begin = -1'000'000'000,
                  .t_last = 1'000'000'000,
                  .x_begin = -20'000,
                  .x_end = 32'768,
                  .y_begin = -32'768,
                  .y_end = 10'000,
                  .wanted_polarity = 1};
    std::vector<uint32_t> want;
    for (uint32_t i = 0; i < n; ++i) {
      if (t[i] >= box.t_begin && t[i] <= box.t_last && x[i] >= box.x_begin && x[i] < box.x_end &&
          y[i] >= box.y_begin && y[i] < box.y_end && polarity[i] == 1) {
        want.push_back(i);
      }
    }
    std::vector<uint32_t> kept(n + 9, 77);
    const size_t count = select_box(box, n, kept.data());
    CHECK(kept[n + 8] == 77);
    kept.resize(count);
    CHECK(kept == want);
  }
}

}  // namespace
}  // namespace evarrow::kernels
