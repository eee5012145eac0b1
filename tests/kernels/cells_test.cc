// SPDX-License-Identifier: Apache-2.0
#include "kernels/cells.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

std::vector<const CellLoops*> all_loops() {
  std::vector<const CellLoops*> all = {&kCellLoopsScalar};
#ifdef EVARROW_X86
  if (instruction_set_level() >= InstructionSet::kAvx2) all.push_back(&kCellLoopsAvx2);
  if (instruction_set_level() >= InstructionSet::kAvx512) all.push_back(&kCellLoopsAvx512);
#endif
  return all;
}

TEST_CASE("cells: pixels have their numbers, and one outside is seen wherever it is") {
  std::mt19937 random(1);
  for (const auto& [width, height] : {std::pair{640, 480}, {1, 1}, {32767, 32767}}) {
    for (size_t n = 0; n < 140; ++n) {
      std::vector<int16_t> x(n + 1), y(n + 1);
      for (size_t i = 0; i < n; ++i) {
        x[i] = static_cast<int16_t>(random() % static_cast<unsigned>(width));
        y[i] = static_cast<int16_t>(random() % static_cast<unsigned>(height));
      }
      // From an odd address on.
      for (const size_t from : {size_t{0}, size_t{1}}) {
        if (from > n) continue;
        for (const CellLoops* loops : all_loops()) {
          std::vector<uint32_t> cell(n + 1, 7);
          CHECK(
              loops->cells(x.data() + from, y.data() + from, n - from, width, height, cell.data()));
          bool same = true;
          for (size_t i = from; i < n; ++i) {
            same = same && cell[i - from] == static_cast<uint32_t>(y[i] * width + x[i]);
          }
          CHECK(same);
          CHECK(cell[n - from] == 7);
        }
      }
    }
  }
  for (size_t at = 0; at < 70; ++at) {
    for (const auto& [bad_x, bad_y] : {std::pair{-1, 0}, {0, -1}, {64, 0}, {0, 48}}) {
      std::vector<int16_t> x(70, 3), y(70, 5);
      x[at] = static_cast<int16_t>(bad_x);
      y[at] = static_cast<int16_t>(bad_y);
      std::vector<uint32_t> cell(70);
      for (const CellLoops* loops : all_loops()) {
        CHECK(!loops->cells(x.data(), y.data(), 70, 64, 48, cell.data()));
      }
    }
  }
}

TEST_CASE("cells: shares of time have the same bits on every instruction set") {
  std::mt19937_64 random(2);
  for (const int64_t t0 : {int64_t{0}, int64_t{-5}, INT64_MIN, int64_t{1} << 62}) {
    for (size_t n = 0; n < 70; ++n) {
      std::vector<int64_t> t(n);
      for (int64_t& value : t) value = t0 + static_cast<int64_t>(random() >> 12);
      std::vector<int8_t> polarity(n);
      for (int8_t& value : polarity) value = static_cast<int8_t>(random());
      for (const CellLoops* loops : all_loops()) {
        std::vector<float> share(2 * n + 1, 7);
        std::vector<double> exact(2 * n + 1, 7);
        loops->shares(t.data(), polarity.data(), n, t0, 1e-14, 3, share.data());
        loops->exact_shares(t.data(), polarity.data(), n, t0, 1e-14, 3, exact.data());
        bool same = share[2 * n] == 7 && exact[2 * n] == 7;
        for (size_t i = 0; i < n; ++i) {
          const int whole = polarity[i] > 0 ? 1 : -1;
          const double want = whole * (static_cast<double>(t[i] - t0) * 1e-14 - 3);
          const auto single = static_cast<float>(want);
          same = same && exact[2 * i] == whole - want && exact[2 * i + 1] == want;
          same = same && share[2 * i] == static_cast<float>(whole) - single;
          same = same && share[2 * i + 1] == single;
        }
        CHECK(same);
      }
    }
  }
}

TEST_CASE("cells: every second value is added, whichever it begins with") {
  for (size_t n = 0; n < 70; ++n) {
    std::vector<float> pairs(2 * n + 1);
    for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = static_cast<float>(i) / 7;
    const std::vector<double> exact_pairs(pairs.begin(), pairs.end());
    for (const size_t from : {size_t{0}, size_t{1}}) {
      for (const CellLoops* loops : all_loops()) {
        std::vector<float> sum(n + 1, 0.5);
        std::vector<double> exact(n + 1, 0.5);
        loops->add_second(pairs.data() + from, n, sum.data());
        loops->add_exact_second(exact_pairs.data() + from, n, exact.data());
        bool same = sum[n] == 0.5F && exact[n] == 0.5;
        for (size_t i = 0; i < n; ++i) {
          same = same && sum[i] == 0.5F + pairs[2 * i + from];
          same = same && exact[i] == 0.5 + exact_pairs[2 * i + from];
        }
        CHECK(same);
      }
    }
  }
}

TEST_CASE("cells: one time outside bounds is seen wherever it is") {
  for (size_t n = 0; n < 70; ++n) {
    std::vector<int64_t> t(n, 10);
    for (const CellLoops* loops : all_loops()) {
      CHECK(loops->all_within(t.data(), n, 10, 10));
      for (size_t at = 0; at < n; ++at) {
        auto other = t;
        other[at] = at % 2 == 0 ? 9 : 11;
        CHECK(!loops->all_within(other.data(), n, 10, 10));
      }
    }
  }
}

}  // namespace
}  // namespace evarrow::kernels
