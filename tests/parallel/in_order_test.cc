// SPDX-License-Identifier: Apache-2.0
#include "parallel/in_order.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

namespace evarrow {
namespace {

TEST_CASE("in order: all that was made is put, in order, whatever the number of threads") {
  for (const int threads : {1, 2, 3, 8}) {
    for (const size_t count : {size_t{0}, size_t{1}, size_t{5}, size_t{1000}}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<size_t> made(slots_in_order(threads));
      std::vector<size_t> put;
      parallel_in_order(
          count, threads,
          [&](size_t i, size_t slot) {
            size_t value = i;
            for (size_t round = 0; round < i % 7 * 100; ++round) value = value * 3 + 1;
            made[slot] = value;
          },
          [&](size_t i, size_t slot) {
            size_t value = i;
            for (size_t round = 0; round < i % 7 * 100; ++round) value = value * 3 + 1;
            CHECK(made[slot] == value);
            put.push_back(i);
          });
      REQUIRE(put.size() == count);
      for (size_t i = 0; i < count; ++i) CHECK(put[i] == i);
    }
  }
}

TEST_CASE("in order: what was put before a failure stays, and nothing is put behind it") {
  for (const int threads : {1, 2, 8}) {
    CAPTURE(threads);
    std::vector<size_t> put;
    const auto run = [&](size_t bad_to_make, size_t bad_to_put) {
      put.clear();
      parallel_in_order(
          200, threads,
          [&](size_t i, size_t /*slot*/) {
            if (i == bad_to_make) throw std::runtime_error("made badly");
          },
          [&](size_t i, size_t /*slot*/) {
            if (i == bad_to_put) throw std::runtime_error("put badly");
            put.push_back(i);
          });
    };
    CHECK_THROWS_WITH(run(1000, 70), "put badly");
    CHECK(put.size() == 70);
    CHECK_THROWS_WITH(run(70, 1000), "made badly");
    CHECK(put.size() <= 70);
  }
}

}  // namespace
}  // namespace evarrow
