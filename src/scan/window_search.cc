// SPDX-License-Identifier: Apache-2.0
// The file's own index says at which block of rows to look. The time of the first row of a block
// tells that no row before it is of the window if it lies before the window by more than the
// horizon of sorting, since a longer step back is damage; and the same behind the window.
#include "scan/window_search.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "containers/container.h"
#include "containers/values.h"

namespace evarrow {
namespace {

constexpr uint64_t kFarthestStep = 16;  // blocks from where the file says
// More times than these, or than one in so many blocks, cost as much as an index.
constexpr uint64_t kFewProbes = 256;
constexpr uint64_t kProbeShare = 4;

class WindowSearch {
 public:
  WindowSearch(const Container& container, uint64_t unit)
      : container_(container),
        unit_(unit),
        blocks_((container.plan.rows + unit - 1) / unit),
        lock_(container.probes.mutex) {}

  // The blocks that a window may have rows in: [first, second).
  std::optional<std::pair<uint64_t, uint64_t>> find(const Predicate& window) {
    TimeProbes& probes = container_.probes;
    const uint64_t most = std::max<uint64_t>(kFewProbes, blocks_ / kProbeShare);
    if (probes.contradicted || probes.times.size() >= most) return {};
    uint64_t first = 0;
    if (window.t_begin != INT64_MIN) {
      const auto from = first_block_at(moved(window.t_begin, -kSortHorizonUs));
      if (!from) return give_up();
      first = std::max<uint64_t>(*from, 1) - 1;
    }
    uint64_t end = blocks_;
    if (window.t_end != INT64_MAX) {
      const auto until = first_block_at(moved(window.t_end, kSortHorizonUs));
      if (!until) return give_up();
      end = *until;
    }
    if (!is_in_order()) return give_up();
    return std::pair(first, std::max(first, end));
  }

 private:
  std::nullopt_t give_up() {
    container_.probes.contradicted = true;
    return std::nullopt;
  }

  // The first block that begins at `bound` or later, if that is about where the file says.
  std::optional<uint64_t> first_block_at(int64_t bound) {
    const auto row = row_by_file(bound);
    if (!row) return {};
    uint64_t near = std::min((*row + unit_ - 1) / unit_, blocks_);
    const auto below = begins_below(near, bound);
    if (!below) return {};
    for (uint64_t step = 1; step <= kFarthestStep; step *= 2) {
      if (!*below && near == 0) return 0;
      const uint64_t far = *below ? std::min(near + step, blocks_) : near - std::min(step, near);
      const auto side = begins_below(far, bound);
      if (!side) return {};
      if (*side != *below) return *below ? bisect(near, far, bound) : bisect(far, near, bound);
      near = far;
    }
    return {};
  }

  // Between a block that begins before the bound and one that does not.
  std::optional<uint64_t> bisect(uint64_t low, uint64_t high, int64_t bound) {
    while (high - low > 1) {
      const uint64_t middle = low + (high - low) / 2;
      const auto below = begins_below(middle, bound);
      if (!below) return {};
      (*below ? low : high) = middle;
    }
    return high;
  }

  // Nothing if the time cannot be had.
  std::optional<bool> begins_below(uint64_t block, int64_t bound) {
    if (block >= blocks_) return false;
    const auto t = time_of(block * unit_);
    if (!t) return {};
    return *t < bound;
  }

  std::optional<int64_t> time_of(uint64_t row) {
    std::map<uint64_t, int64_t>& times = container_.probes.times;
    const auto known = times.find(row);
    if (known != times.end()) return known->second;
    const StoredColumn& column = container_.plan.columns[kT];
    const auto t =
        number_at(*container_.datasets[column.dataset], column, row, container_.plan.time);
    if (t) times.emplace(row, *t);
    return t;
  }

  static std::optional<int64_t> number_at(ChunkCache& cache, const StoredColumn& column,
                                          uint64_t row, const TimeRule& rule) {
    const ChunkCache::Rows rows = cache.rows_at(row);
    int64_t number = 0;
    if (rows.damage() != nullptr || to_time(rows.values(column, row), 1, rule, 0, &number) != 0) {
      return {};
    }
    return number;
  }

  // The row to begin at for times from `bound` on, as the file has it.
  std::optional<uint64_t> row_by_file(int64_t bound) const {
    const PeriodRows& periods = container_.plan.periods;
    int64_t since = 0;
    const bool far = __builtin_sub_overflow(bound, periods.first, &since);
    if (far ? bound < periods.first : since < 0) return 0;
    const auto entry = static_cast<uint64_t>(since / periods.period);
    if (far || entry >= periods.entries) return container_.plan.rows;
    const auto row = number_at(*container_.periods, periods.row, entry, TimeRule());
    if (!row || *row < 0 || static_cast<uint64_t>(*row) > container_.plan.rows) return {};
    return static_cast<uint64_t>(*row);
  }

  // Whether no time that was looked at lies before an earlier one by more than sorting repairs.
  bool is_in_order() const {
    int64_t greatest = INT64_MIN;
    return std::ranges::all_of(container_.probes.times, [&](const auto& probe) {
      greatest = std::max(greatest, probe.second);
      return greatest <= moved(probe.second, kSortHorizonUs);
    });
  }

  const Container& container_;
  uint64_t unit_;
  uint64_t blocks_;
  std::lock_guard<std::mutex> lock_;
};

}  // namespace

std::shared_ptr<const Index> find_window(const Recording::Shared& shared,
                                         const Predicate& predicate) {
  const Container* container = shared.header.container.get();
  // Who does not want damage raised wants its events too, wherever they are. An index that is to be
  // kept is one of all times.
  if (container == nullptr || container->periods == nullptr || shared.decode.drop_out_of_sensor ||
      shared.options.on_error != OnError::kRaise || shared.options.index != IndexPolicy::kMemory) {
    return nullptr;
  }
  const uint64_t unit = unit_bytes(*shared.format);
  const auto blocks = WindowSearch(*container, unit).find(predicate);
  if (!blocks) return nullptr;
  std::vector<RowTimes> times;
  const uint64_t rows = container->plan.rows;
  const auto add = [&](uint64_t begin, uint64_t end, int64_t first, int64_t last) {
    if (begin * unit < std::min(end * unit, rows)) {
      times.push_back({.row = begin * unit, .first = first, .last = last});
    }
  };
  add(0, blocks->first, INT64_MIN, moved(predicate.t_begin, -1));
  add(blocks->first, blocks->second, INT64_MIN, INT64_MAX);
  add(blocks->second, UINT64_MAX / unit, predicate.t_end, INT64_MAX);
  return make_row_index(*shared.format, rows, times);
}

}  // namespace evarrow
