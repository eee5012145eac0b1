// SPDX-License-Identifier: Apache-2.0
// Every instruction set selects and moves the rows that the definition of a box says.
#include "kernels/select.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "kernels/dispatch.h"

namespace evarrow::kernels {
namespace {

std::vector<const Selector*> all_selectors() {
  std::vector<const Selector*> all = {&kSelectorScalar};
#ifdef EVARROW_X86
  if (instruction_set_level() >= InstructionSet::kAvx2) all.push_back(&kSelectorAvx2);
  if (instruction_set_level() >= InstructionSet::kAvx512) all.push_back(&kSelectorAvx512);
#endif
  return all;
}

struct Rows {
  std::vector<int16_t> x, y;
  std::vector<int64_t> t;
  std::vector<int8_t> polarity;

  explicit Rows(size_t n) : x(n), y(n), t(n), polarity(n) {
    std::mt19937_64 random(n);
    for (size_t i = 0; i < n; ++i) {
      x[i] = static_cast<int16_t>(random());
      y[i] = static_cast<int16_t>(random() % 8);
      t[i] = static_cast<int64_t>(random());
      polarity[i] = random() % 2 == 0 ? int8_t{-1} : int8_t{1};
    }
  }

  Box all() const {
    return {.t = t.data(),
            .x = x.data(),
            .y = y.data(),
            .polarity = polarity.data(),
            .t_begin = INT64_MIN,
            .t_last = INT64_MAX,
            .x_begin = -32'768,
            .x_end = 32'768,
            .y_begin = -32'768,
            .y_end = 32'768,
            .wanted_polarity = 1};
  }

  bool has(const Box& box, size_t i) const {
    return (box.t == nullptr || (t[i] >= box.t_begin && t[i] <= box.t_last)) &&
           (box.x == nullptr || (x[i] >= box.x_begin && x[i] < box.x_end)) &&
           (box.y == nullptr || (y[i] >= box.y_begin && y[i] < box.y_end)) &&
           (box.polarity == nullptr || polarity[i] == box.wanted_polarity);
  }
};

// Boxes with each of the bounds alone, at the ends of what a column can hold, and together.
std::vector<Box> boxes(const Rows& rows) {
  const Box all = rows.all();
  std::vector<Box> out = {all};
  const auto add = [&](auto change) {
    Box box = all;
    change(box);
    out.push_back(box);
  };
  add([](Box& box) { box.polarity = nullptr; });
  add([](Box& box) { box = Box{.t = box.t, .t_begin = 0, .t_last = INT64_MAX}; });
  add([](Box& box) { box = Box{.t = box.t, .t_begin = INT64_MIN, .t_last = -1}; });
  add([](Box& box) { box = Box{.t = box.t, .t_begin = 1, .t_last = 0}; });
  add([](Box& box) { box.t_begin = INT64_MIN / 2, box.t_last = INT64_MAX / 2; });
  add([](Box& box) { box.x_begin = -20'000, box.x_end = 20'000; });
  add([](Box& box) { box.x_begin = 32'767; });
  add([](Box& box) { box.x_end = -32'767; });
  add([](Box& box) { box.x_begin = box.x_end = 32'768; });
  add([](Box& box) { box.y_begin = 3, box.y_end = 4; });
  add([](Box& box) { box.y_begin = box.y_end = 0; });
  add([](Box& box) { box.wanted_polarity = -1; });
  add([](Box& box) { box.wanted_polarity = 0; });
  add([](Box& box) { box.t = nullptr, box.x = nullptr, box.y_end = 4; });
  return out;
}

template <typename T>
void check_move(void (*move)(T*, const T*, const uint64_t*, size_t) noexcept,
                const std::vector<uint64_t>& bits, size_t n) {
  std::vector<T> values(n);
  std::mt19937_64 random(7);
  for (T& value : values) value = static_cast<T>(random());
  std::vector<T> want;
  for (size_t i = 0; i < n; ++i) {
    if ((bits[i / 64] >> (i % 64) & 1) != 0) want.push_back(values[i]);
  }
  // Beside the rows there is memory that must stay as it is.
  std::vector<T> apart(n + 2, T{77});
  move(apart.data() + 1, values.data(), bits.data(), n);
  CHECK(apart.front() == T{77});
  CHECK(apart.back() == T{77});
  CHECK(std::equal(want.begin(), want.end(), apart.begin() + 1));
  // In place, and to an earlier place of the same memory.
  std::vector<T> earlier(5);
  earlier.insert(earlier.end(), values.begin(), values.end());
  move(earlier.data() + 2, earlier.data() + 5, bits.data(), n);
  CHECK(std::equal(want.begin(), want.end(), earlier.begin() + 2));
  move(values.data(), values.data(), bits.data(), n);
  CHECK(std::equal(want.begin(), want.end(), values.begin()));
}

TEST_CASE("select: a box keeps what its definition says") {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{63}, size_t{64}, size_t{65}, size_t{1000}}) {
    const Rows rows(n);
    for (const Box& box : boxes(rows)) {
      for (const Selector* selector : all_selectors()) {
        const size_t words = (n + 63) / 64;
        std::vector<uint64_t> bits(words + 1, 0x77);
        size_t want = 0;
        const size_t count = selector->box(box, n, bits.data());
        for (size_t i = 0; i < words * 64; ++i) {
          const bool inside = i < n && rows.has(box, i);
          want += inside ? 1U : 0U;
          CHECK((bits[i / 64] >> (i % 64) & 1) == (inside ? 1U : 0U));
        }
        CHECK(count == want);
        CHECK(bits[words] == 0x77);
      }
    }
  }
}

TEST_CASE("select: values of every width move together, and nothing past them changes") {
  std::mt19937_64 random(3);
  for (const size_t n : {size_t{0}, size_t{1}, size_t{63}, size_t{64}, size_t{130}, size_t{640}}) {
    for (const int kind : {0, 1, 2, 3, 4}) {
      std::vector<uint64_t> bits((n + 63) / 64);
      for (uint64_t& word : bits) {
        const uint64_t draw = random();
        const uint64_t choices[] = {0, ~uint64_t{0}, draw, draw & random() & random(),
                                    random() % 2 == 0 ? ~uint64_t{0} : draw};
        word = choices[kind];
      }
      if (n % 64 != 0) bits.back() &= (uint64_t{1} << n % 64) - 1;
      for (const Selector* selector : all_selectors()) {
        check_move(selector->values8, bits, n);
        check_move(selector->values16, bits, n);
        check_move(selector->values32, bits, n);
        check_move(selector->values64, bits, n);
      }
    }
  }
}

}  // namespace
}  // namespace evarrow::kernels
