// SPDX-License-Identifier: Apache-2.0
#include "containers/values.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace evarrow::test {
namespace {

template <typename T>
StoredValues view(const std::vector<T>& values, Stored type) {
  return {reinterpret_cast<const std::byte*>(values.data()), sizeof(T), type, false};
}

template <typename T>
std::vector<int16_t> pixels(const std::vector<T>& values, Stored type, size_t misfits,
                            int32_t shift = 0) {
  std::vector<int16_t> out(values.size());
  CHECK(to_int16(view(values, type), values.size(), shift, out.data()) == misfits);
  return out;
}

template <typename T>
std::vector<int64_t> times(const std::vector<T>& values, Stored type, TimeRule rule,
                           size_t misfits = 0, int64_t epoch = 0) {
  std::vector<int64_t> out(values.size());
  CHECK(to_time(view(values, type), values.size(), rule, epoch, out.data()) == misfits);
  return out;
}

using Pixels = std::vector<int16_t>;
using Times = std::vector<int64_t>;

TEST_CASE("values: coordinates of any type become the nearest int16, and misfits are counted") {
  CHECK(pixels<uint8_t>({0, 255}, Stored::kUint8, 0) == Pixels{0, 255});
  CHECK(pixels<int8_t>({-1, 127}, Stored::kInt8, 0) == Pixels{-1, 127});
  CHECK(pixels<uint16_t>({0, 32767, 32768, 65535}, Stored::kUint16, 2) ==
        Pixels{0, 32767, 32767, 32767});
  CHECK(pixels<int32_t>({-32769, -32768, 40000}, Stored::kInt32, 2) ==
        Pixels{-32768, -32768, 32767});
  CHECK(pixels<uint32_t>({7, 0xFFFF'FFFF}, Stored::kUint32, 1) == Pixels{7, 32767});
  CHECK(pixels<int64_t>({INT64_MIN, 5, INT64_MAX}, Stored::kInt64, 2) == Pixels{-32768, 5, 32767});
  CHECK(pixels<uint64_t>({5, UINT64_MAX}, Stored::kUint64, 1) == Pixels{5, 32767});
  CHECK(pixels<float>({1.0F, 1.5F, -3e9F, 1e9F}, Stored::kFloat32, 3) ==
        Pixels{1, 2, -32768, 32767});
  CHECK(pixels<double>({std::nan(""), -2.0}, Stored::kFloat64, 1) == Pixels{0, -2});
}

TEST_CASE("values: a shift moves coordinates before they are judged") {
  CHECK(pixels<uint16_t>({1, 32768, 0}, Stored::kUint16, 0, -1) == Pixels{0, 32767, -1});
  CHECK(pixels<int64_t>({1, INT64_MIN}, Stored::kInt64, 1, -1) == Pixels{0, -32768});
  CHECK(pixels<double>({1.0}, Stored::kFloat64, 0, -1) == Pixels{0});
}

TEST_CASE("values: big-endian numbers, and numbers in records") {
  const std::vector<uint8_t> bytes = {0x01, 0x02, 9, 0xFF, 0xFE, 9};
  StoredValues values = {reinterpret_cast<const std::byte*>(bytes.data()), 3, Stored::kInt16, true};
  Pixels out(2);
  CHECK(to_int16(values, 2, 0, out.data()) == 0);
  CHECK(out == Pixels{0x0102, -2});
  values.big_endian = false;
  CHECK(to_int16(values, 2, 0, out.data()) == 0);
  CHECK(out == Pixels{0x0201, static_cast<int16_t>(0xFEFF)});
}

TEST_CASE("values: what is greater than 0 is ON") {
  std::vector<int8_t> out(4);
  const std::vector<int8_t> signs = {-1, 0, 1, 127};
  CHECK(to_polarity(view(signs, Stored::kInt8), 4, -1, out.data()) == 0);
  CHECK(out == std::vector<int8_t>{-1, -1, 1, 1});
  const std::vector<double> numbers = {-0.5, 0.0, 0.5, std::nan("")};
  CHECK(to_polarity(view(numbers, Stored::kFloat64), 4, 0, out.data()) == 0);
  CHECK(out == std::vector<int8_t>{0, 0, 1, 0});
}

TEST_CASE("values: whole times are moved and scaled, rounded down") {
  CHECK(times<uint32_t>({1, 0xFFFF'FFFF}, Stored::kUint32, {.offset = 10}, 0, -1) ==
        Times{10, 0x1'0000'0008});
  CHECK(times<int64_t>({-1, 999, 1000, -1001}, Stored::kInt64, {.divisor = 1000}) ==
        Times{-1, 0, 1, -2});
  CHECK(times<int32_t>({-2, 3}, Stored::kInt32, {.multiplier = 1000}) == Times{-2000, 3000});
}

TEST_CASE("values: times beyond an int64 are the farthest there are") {
  CHECK(times<uint64_t>({UINT64_MAX, 7}, Stored::kUint64, {}, 1) == Times{INT64_MAX, 7});
  CHECK(times<int64_t>({INT64_MAX, INT64_MIN}, Stored::kInt64, {.offset = 1}, 1) ==
        Times{INT64_MAX, INT64_MIN + 1});
  CHECK(times<int64_t>({INT64_MAX / 2, -INT64_MAX / 2}, Stored::kInt64, {.multiplier = 1000}, 2) ==
        Times{INT64_MAX, INT64_MIN});
  CHECK(times<int64_t>({INT64_MAX}, Stored::kInt64, {}, 1, 1) == Times{INT64_MAX});
  CHECK(times<double>({1e300, -1e300, std::nan(""), std::numeric_limits<double>::infinity()},
                      Stored::kFloat64, {.multiplier = 1'000'000},
                      4) == Times{INT64_MAX, INT64_MIN, 0, INT64_MAX});
}

TEST_CASE("values: seconds become the nearest microseconds, ties to even") {
  const TimeRule seconds = {.multiplier = 1'000'000};
  CHECK(times<double>({0.0000005, 0.0000015, -1.25, 1506119776.000011}, Stored::kFloat64,
                      seconds) == Times{0, 2, -1'250'000, 1'506'119'776'000'011});
  CHECK(times<float>({0.25F}, Stored::kFloat32, seconds) == Times{250'000});
}

}  // namespace
}  // namespace evarrow::test
