// SPDX-License-Identifier: Apache-2.0
#include "filters/pass.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "filters/bands.h"
#include "filters/selecting.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

// Rows that go through all filters at a time, so that they stay in cache.
constexpr size_t kPieceRows = 16'384;
// Rows that threads share out at a time, which costs some microseconds.
constexpr size_t kStretchRows = 64 * kPieceRows;
constexpr size_t kFewRows = 16 * kPieceRows;  // done before other threads have begun

void make_room(EventBatch& to, size_t rows) {
  const size_t all = to.size() + rows;
  if (to.capacity() < all) to.reserve(std::max(all, to.capacity() + to.capacity() / 2));
}

bool only_selects(const Filter& filter) {
  const auto* selecting = dynamic_cast<const SelectingFilter*>(&filter);
  return selecting != nullptr && selecting->only_selects();
}

// Threads do not know which number an event has that they refuse.
bool refuses(const Filter& filter) {
  const auto* sensor = dynamic_cast<const SensorFilter*>(&filter);
  return sensor != nullptr && sensor->sensor().outside == Outside::kRaise;
}

// The rows [begin, begin + n) of a batch, and which of them are left.
struct Stretch {
  const EventBatch& from;
  size_t begin;
  size_t n;
  std::vector<uint64_t> bits;

  size_t pieces() const noexcept { return (n + kPieceRows - 1) / kPieceRows; }
  size_t rows_of(size_t piece) const noexcept {
    return std::min(kPieceRows, n - piece * kPieceRows);
  }
  uint64_t* bits_of(size_t piece) noexcept {
    return bits.data() + piece * (kPieceRows / kernels::kWordRows);
  }
};

// Each thread decides of the events of some rows of pixels, in order.
void select_in_bands(SensorFilter& filter, Stretch& stretch, int threads) {
  const std::vector<Band> bands =
      make_bands(stretch.from.y() + stretch.begin, stretch.n, filter.sensor().height,
                 filter.grain(), static_cast<size_t>(threads));
  filter.part(bands);
  std::vector<std::vector<uint64_t>> kept(bands.size());
  std::vector<size_t> admitted(bands.size());
  parallel_for(bands.size(), threads, [&](size_t i) {
    kept[i].resize(stretch.bits.size());
    admitted[i] = filter.select_band(bands[i], stretch.from, stretch.begin, stretch.n,
                                     stretch.bits.data(), kept[i].data());
  });
  filter.join(bands);
  const size_t in = count_bits(stretch.bits.data(), stretch.n);
  for (size_t word = 0; word < stretch.bits.size(); ++word) {
    stretch.bits[word] = 0;
    for (const auto& some : kept) stretch.bits[word] |= some[word];
  }
  filter.count({.in = in,
                .out = count_bits(stretch.bits.data(), stretch.n),
                .outside = in - std::accumulate(admitted.begin(), admitted.end(), size_t{0})});
}

// Narrows the rows of a stretch down to those that a filter keeps.
void select(SelectingFilter& filter, Stretch& stretch, int threads) {
  const Memory memory = filter.traits().memory;
  auto* sensor = dynamic_cast<SensorFilter*>(&filter);
  if (threads > 1 && memory == Memory::kPixels && sensor != nullptr) {
    select_in_bands(*sensor, stretch, threads);
  } else if (threads > 1 && memory == Memory::kNothing) {
    parallel_for(stretch.pieces(), threads, [&](size_t i) {
      filter.select(stretch.from, stretch.begin + i * kPieceRows, stretch.rows_of(i),
                    stretch.bits_of(i));
    });
  } else {
    filter.select(stretch.from, stretch.begin, stretch.n, stretch.bits.data());
  }
}

// Takes the rows of a piece that are left through the filters.
void take_piece(Filters filters, Stretch& stretch, size_t i, uint64_t first, EventBatch& piece) {
  piece.resize(0);
  const bool numbered = piece.schema().size() > kRow;
  move_rows(stretch.from, stretch.begin + i * kPieceRows, stretch.rows_of(i), stretch.bits_of(i), 1,
            piece, numbered ? std::optional(first + i * kPieceRows) : std::nullopt);
  take(filters, piece);
}

// Filters that remember nothing take pieces at once, which are put together behind that.
void take_at_once(Filters filters, Stretch& stretch, uint64_t first, int threads, EventBatch& to) {
  std::vector<EventBatch> pieces(stretch.pieces());
  parallel_for(pieces.size(), threads, [&](size_t i) {
    pieces[i] = EventBatch(Batch(to.schema(), stretch.rows_of(i)));
    take_piece(filters, stretch, i, first, pieces[i]);
  });
  std::vector<size_t> starts = {to.size()};
  for (const EventBatch& piece : pieces) starts.push_back(starts.back() + piece.size());
  make_room(to, starts.back() - starts.front());
  parallel_for(pieces.size(), threads,
               [&](size_t i) { to.copy_rows(starts[i], pieces[i], 0, pieces[i].size()); });
  to.resize(starts.back());
}

void take_in_order(Filters filters, Stretch& stretch, uint64_t first, EventBatch& piece,
                   EventBatch& to) {
  for (size_t i = 0; i < stretch.pieces(); ++i) {
    // What went through the filters may have another memory, and less of it.
    if (piece.capacity() < kPieceRows || piece.schema().data() != to.schema().data()) {
      piece = EventBatch(Batch(to.schema(), kPieceRows));
    }
    take_piece(filters, stretch, i, first, piece);
    append_rows(piece, to);
  }
}

}  // namespace

void take(Filters filters, EventBatch& events) {
  for (const auto& filter : filters) {
    if (events.size() == 0) return;
    filter->apply(events);
  }
}

void append_rows(const EventBatch& from, EventBatch& to) {
  make_room(to, from.size());
  to.copy_rows(to.size(), from, 0, from.size());
  to.resize(to.size() + from.size());
}

void pass(Filters filters, const EventBatch& from, uint64_t position, int threads,
          EventBatch& piece, EventBatch& to) {
  // Filters that only leave out events decide of them where they lie.
  const auto selecting = static_cast<size_t>(
      std::ranges::find_if_not(filters, [](const auto& f) { return only_selects(*f); }) -
      filters.begin());
  const Filters rest = filters.subspan(selecting);
  const bool in_order = std::ranges::any_of(
      rest, [](const auto& filter) { return filter->traits().memory != Memory::kNothing; });
  if (from.size() < kFewRows ||
      std::ranges::any_of(filters, [](const auto& filter) { return refuses(*filter); })) {
    threads = 1;
  }
  const size_t most = threads > 1 ? kStretchRows : kPieceRows;
  for (size_t begin = 0; begin < from.size(); begin += most) {
    Stretch stretch = {from, begin, std::min(most, from.size() - begin), {}};
    stretch.bits.resize(words_of(stretch.n));
    set_bits(stretch.bits.data(), stretch.n);
    for (const auto& filter : filters.first(selecting)) {
      select(dynamic_cast<SelectingFilter&>(*filter), stretch, threads);
    }
    const uint64_t first = position + begin;
    if (rest.empty()) {
      make_room(to, count_bits(stretch.bits.data(), stretch.n));
      move_rows(from, begin, stretch.n, stretch.bits.data(), threads, to,
                to.schema().size() > kRow ? std::optional(first) : std::nullopt);
    } else if (threads > 1 && !in_order) {
      take_at_once(rest, stretch, first, threads, to);
    } else {
      take_in_order(rest, stretch, first, piece, to);
    }
  }
}

}  // namespace evarrow
