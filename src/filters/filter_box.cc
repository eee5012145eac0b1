// SPDX-License-Identifier: Apache-2.0
// Events in a box: in place, or into other memory by all threads.
#include <algorithm>
#include <bit>
#include <numeric>
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

size_t count_bits(const uint64_t* words, size_t n) noexcept {
  return std::accumulate(words, words + n, size_t{0}, [](size_t sum, uint64_t word) {
    return sum + static_cast<size_t>(std::popcount(word));
  });
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
class ManyRows {
 public:
  ManyRows(const EventBatch& from, size_t first, size_t last, const Predicate& predicate)
      : from_(from),
        first_(first),
        last_(last),
        filter_(predicate, kEvents),
        bits_((last - first + kernels::kWordRows - 1) / kernels::kWordRows),
        starts_((last - first + kPiece - 1) / kPiece + 1) {}

  void append(EventBatch& to, int threads) {
    const size_t pieces = starts_.size() - 1;
    parallel_for(pieces, threads, [this](size_t piece) { select(piece); });
    starts_[0] = to.size();
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    to.reserve(starts_.back());
    parallel_for(pieces, threads, [&](size_t piece) { move(piece, to); });
    to.resize(starts_.back());
  }

 private:
  size_t begin_of(size_t piece) const noexcept { return first_ + piece * kPiece; }
  size_t end_of(size_t piece) const noexcept { return std::min(begin_of(piece) + kPiece, last_); }
  uint64_t* bits_of(size_t row) noexcept {
    return bits_.data() + (row - first_) / kernels::kWordRows;
  }

  void select(size_t piece) {
    size_t kept = 0;
    for (size_t begin = begin_of(piece); begin < end_of(piece); begin += kBlock) {
      const size_t n = std::min(kBlock, end_of(piece) - begin);
      kept += filter_.select(from_, begin, n, bits_of(begin));
    }
    starts_[piece + 1] = kept;
  }

  void move(size_t piece, EventBatch& to) {
    size_t at = starts_[piece];
    const size_t end = starts_[piece + 1];
    if (at == end) return;
    BoxFilter filter = filter_;
    EventBatch spare(kBlock, to.columns());
    for (size_t begin = begin_of(piece); at < end; begin += kBlock) {
      const size_t n = std::min(kBlock, end_of(piece) - begin);
      const uint64_t* bits = bits_of(begin);
      const size_t kept = count_bits(bits, (n + kernels::kWordRows - 1) / kernels::kWordRows);
      if (kept == 0) continue;
      if (at + n <= end) {
        filter.move(from_, begin, n, bits, kept, to, at);
      } else {
        // Behind the rows of this piece are those of the next, and perhaps another thread.
        filter.move(from_, begin, n, bits, kept, spare, 0);
        to.copy_rows(at, spare, 0, kept);
      }
      at += kept;
    }
  }

  const EventBatch& from_;
  size_t first_, last_;
  BoxFilter filter_;
  std::vector<uint64_t> bits_;
  std::vector<size_t> starts_;  // of the rows of each piece in the result
};

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
    ManyRows(from, first, last, left).append(to, thread_count(options.threads));
  }
}

}  // namespace evarrow
