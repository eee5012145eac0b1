// SPDX-License-Identifier: Apache-2.0
// Events in a box: in place, or into other memory by all threads.
#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "evarrow/filter.h"
#include "evarrow/machine.h"
#include "filters/box.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

constexpr BoxColumns kEvents = {.t = kT, .x = kX, .y = kY, .polarity = kPolarity};
constexpr size_t kBlock = BoxFilter::kBlock;
constexpr size_t kPiece = 64 * kBlock;        // rows of one thread's turn
constexpr size_t kFewRows = size_t{1} << 20;  // done before other threads have begun

// The rows whose times lie in the box, of events in order of time.
std::pair<size_t, size_t> rows_between(const EventBatch& events, const Predicate& predicate) {
  const int64_t* begin = events.t();
  const int64_t* end = begin + events.size();
  const int64_t* first = std::lower_bound(begin, end, predicate.t_begin);
  const int64_t* last =
      predicate.t_end == INT64_MAX ? end : std::lower_bound(first, end, predicate.t_end);
  return {static_cast<size_t>(first - begin), static_cast<size_t>(last - begin)};
}

// Block by block, into memory that grows.
void append_few(const EventBatch& from, size_t first, size_t last, const Predicate& predicate,
                EventBatch& to) {
  BoxFilter filter(predicate, kEvents);
  for (size_t begin = first; begin < last; begin += kPiece) {
    const size_t end = std::min(begin + kPiece, last);
    if (to.room() < end - begin) {
      to.reserve(std::max(to.size() + (end - begin), to.capacity() + to.capacity() / 2));
    }
    to.resize(to.size() + filter.keep(from, begin, end, to, to.size()));
  }
}

// First all threads find the rows that are wanted, then all move them to where they belong, in
// memory of the exact size.
void append_many(const EventBatch& from, size_t first, size_t last, const Predicate& predicate,
                 EventBatch& to, int threads) {
  const BoxFilter filter(predicate, kEvents);
  const size_t rows = last - first;
  std::vector<uint64_t> bits(words_of(rows));
  parallel_for((rows + kPiece - 1) / kPiece, threads, [&](size_t piece) {
    const size_t end = std::min((piece + 1) * kPiece, rows);
    for (size_t row = piece * kPiece; row < end; row += kBlock) {
      filter.select(from, first + row, std::min(kBlock, end - row),
                    bits.data() + row / kernels::kWordRows);
    }
  });
  to.reserve(to.size() + count_bits(bits.data(), rows));
  move_rows(from, first, rows, bits.data(), threads, to);
}

}  // namespace

void filter_box(EventBatch& events, const Predicate& predicate) {
  if (predicate.is_all()) return;
  BoxFilter filter(predicate, kEvents);
  const size_t rows = predicate.is_empty() ? 0 : events.size();
  events.resize(filter.keep(events, 0, rows, events, 0));
}

void filter_box(const EventBatch& from, const Predicate& predicate, EventBatch& to,
                const FilterOptions& options) {
  if (predicate.is_empty()) return;
  Predicate left = predicate;
  size_t first = 0;
  size_t last = from.size();
  if (options.in_order && predicate.has_time()) {
    std::tie(first, last) = rows_between(from, predicate);
    // The times of these rows fit: they are only copied.
    left.t_begin = INT64_MIN;
    left.t_end = INT64_MAX;
  }
  if (last - first < kFewRows) {
    append_few(from, first, last, left, to);
  } else {
    append_many(from, first, last, left, to, thread_count(options.threads));
  }
}

}  // namespace evarrow
