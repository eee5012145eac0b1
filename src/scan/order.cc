// SPDX-License-Identifier: Apache-2.0
#include "scan/order.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "evarrow/recording.h"

namespace evarrow {
namespace {

// Past this many single repairs in one stretch it is cheaper to sort all of it once.
constexpr int kMostRepairs = 64;

}  // namespace

uint64_t HeldRows::end() const noexcept {
  uint64_t rows = first_;
  for (const Batch& batch : batches_) rows += batch.size();
  return rows;
}

HeldRows::Place HeldRows::place(uint64_t row) const noexcept {
  size_t rest = row - first_;
  auto batch = batches_.begin();
  while (rest >= batch->size()) {
    rest -= batch->size();
    ++batch;
  }
  return {.batch = &*batch, .row = rest};
}

int64_t HeldRows::t(uint64_t row, size_t t_column) const noexcept {
  const Place at = place(row);
  return at.batch->column<int64_t>(t_column)[at.row];
}

uint64_t HeldRows::upper_bound(uint64_t from, uint64_t to, int64_t t,
                               size_t t_column) const noexcept {
  while (from < to) {
    const uint64_t middle = from + (to - from) / 2;
    if (this->t(middle, t_column) > t) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}

void HeldRows::sort(uint64_t from, uint64_t to, size_t t_column) {
  const size_t n = to - from;
  std::vector<Place> places;
  places.reserve(n);
  for (uint64_t row = from; row < to;) {
    const Place at = place(row);
    const size_t rows = std::min<uint64_t>(to - row, at.batch->size() - at.row);
    for (size_t i = 0; i < rows; ++i) places.push_back({.batch = at.batch, .row = at.row + i});
    row += rows;
  }
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  const auto time = [&](size_t i) {
    return places[i].batch->column<int64_t>(t_column)[places[i].row];
  };
  std::ranges::stable_sort(order, {}, time);

  const Schema schema = batches_.front().schema();
  std::vector<std::byte> values;
  for (size_t column = 0; column < schema.size(); ++column) {
    if (!batches_.front().has(column)) continue;
    const size_t width = width_of(schema[column].type);
    const auto value = [&](const Place& at) {
      return at.batch->column<std::byte>(column) + at.row * width;
    };
    values.resize(n * width);
    for (size_t i = 0; i < n; ++i) {
      std::memcpy(values.data() + i * width, value(places[order[i]]), width);
    }
    for (size_t i = 0; i < n; ++i) {
      std::memcpy(value(places[i]), values.data() + i * width, width);
    }
  }
}

Stretch find_stretch(const HeldRows& rows, uint64_t row, uint64_t end, size_t t_column, bool all) {
  const int64_t greatest = rows.t(row - 1, t_column);
  Stretch stretch{.stop = row, .least = greatest, .step_back = 0};
  for (; stretch.stop < end; ++stretch.stop) {
    const int64_t t = rows.t(stretch.stop, t_column);
    if (t >= greatest && !all) break;
    stretch.least = std::min(stretch.least, t);
  }
  stretch.step_back = static_cast<uint64_t>(greatest) - static_cast<uint64_t>(stretch.least);
  return stretch;
}

bool repair_stretch(HeldRows& rows, uint64_t barrier, uint64_t row, const Stretch& stretch,
                    size_t t_column) {
  uint64_t from = rows.upper_bound(barrier, row, stretch.least, t_column);
  const bool fits = row - from <= kSortHorizonEvents;
  if (!fits) from = row - kSortHorizonEvents;
  rows.sort(from, stretch.stop, t_column);
  return fits;
}

bool repair_order(HeldRows& rows, uint64_t barrier, uint64_t begin, size_t t_column) {
  const uint64_t end = rows.end();
  bool fits = true;
  uint64_t row = std::max(begin, barrier + 1);
  for (int repairs = 0; row < end; ++repairs) {
    while (row < end && rows.t(row, t_column) >= rows.t(row - 1, t_column)) ++row;
    if (row >= end) break;
    const Stretch stretch = find_stretch(rows, row, end, t_column, repairs >= kMostRepairs);
    fits = repair_stretch(rows, barrier, row, stretch, t_column) && fits;
    row = stretch.stop;
  }
  return fits;
}

}  // namespace evarrow
