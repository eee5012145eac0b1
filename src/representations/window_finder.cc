// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "evarrow/representation.h"
#include "kernels/rows.h"
#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

using Kind = WindowSpec::Kind;

// a + b, or the greatest time there is.
int64_t later(int64_t a, int64_t b) noexcept {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

}  // namespace

struct WindowFinder::State {
  explicit State(WindowSpec of) : spec(std::move(of)) {
    if ((spec.kind == Kind::kEvery || spec.kind == Kind::kCount) &&
        (spec.length <= 0 || spec.stride <= 0)) {
      throw Error(ErrorCode::kArgument, "windows and the steps between them must be longer than 0");
    }
    if (spec.kind == Kind::kTimes || spec.kind == Kind::kRows) take_bounds();
    if (spec.kind == Kind::kWhole) windows.resize(1);
    if (spec.kind == Kind::kEvery) next_start = spec.start;
  }

  bool of_times() const noexcept { return spec.kind == Kind::kEvery || spec.kind == Kind::kTimes; }

  void take_bounds() {
    windows.reserve(spec.bounds.size());
    for (const auto& [begin, end] : spec.bounds) {
      if (end < begin || (spec.kind == Kind::kRows && begin < 0)) {
        throw Error(ErrorCode::kArgument, "a window ends before it begins, or begins before row 0");
      }
      Window window;
      if (spec.kind == Kind::kRows) {
        window.begin = static_cast<uint64_t>(begin);
        window.end = static_cast<uint64_t>(end);
      } else {
        window.timed = true;
        window.t_begin = begin;
        window.t_end = end;
      }
      windows.push_back(window);
    }
    if (spec.kind == Kind::kRows) {
      order(by_begin, [this](size_t i) { return windows[i].begin; });
    } else {
      order(by_begin, [this](size_t i) { return search_begin(windows[i]); });
      order(by_end, [this](size_t i) { return search_end(windows[i]); });
    }
  }

  template <typename Key>
  void order(std::vector<size_t>& numbers, Key key) {
    numbers.resize(windows.size());
    std::iota(numbers.begin(), numbers.end(), size_t{0});
    std::ranges::stable_sort(numbers, {}, key);
  }

  // The least time that is in the window, and the least behind it.
  int64_t search_begin(const Window& w) const noexcept {
    return spec.open_begin ? later(w.t_begin, 1) : w.t_begin;
  }
  int64_t search_end(const Window& w) const noexcept {
    const int64_t end =
        spec.end && spec.kind == Kind::kEvery ? std::min(w.t_end, *spec.end) : w.t_end;
    return spec.closed_end ? later(end, 1) : end;
  }

  void push(const Window& window) {
    if (windows.size() >= kMostWindows) {
      throw Error(ErrorCode::kArgument,
                  "more than " + std::to_string(kMostWindows) +
                      " windows: make them longer, or give a start and an end");
    }
    windows.push_back(window);
  }

  // Windows of time that begin at or before `t`.
  void make_times(int64_t t) {
    const int64_t end = spec.end.value_or(INT64_MAX);
    while (next_start) {
      const int64_t start = *next_start;
      if (start > t || start >= end) return;
      Window window;
      window.timed = true;
      window.t_begin = start;
      window.t_end = later(start, spec.length);
      push(window);
      by_begin.push_back(windows.size() - 1);
      by_end.push_back(windows.size() - 1);
      const int64_t next = later(start, spec.stride);
      next_start = next == INT64_MAX ? std::nullopt : std::optional(next);
    }
  }

  void add_times(const int64_t* t, size_t n) {
    if (spec.kind == Kind::kEvery) {
      if (!next_start && windows.empty() && rows == 0) next_start = t[0];
      make_times(t[n - 1]);
    }
    const auto row_of = [&](int64_t time) {
      return static_cast<size_t>(std::lower_bound(t, t + n, time) - t);
    };
    for (; begins < by_begin.size(); ++begins) {
      Window& window = windows[by_begin[begins]];
      if (search_begin(window) > t[n - 1]) break;
      const size_t row = row_of(search_begin(window));
      window.begin = rows + row;
      window.t_first = t[row];
    }
    for (; ends < by_end.size(); ++ends) {
      Window& window = windows[by_end[ends]];
      if (search_end(window) > t[n - 1]) break;
      const size_t row = row_of(search_end(window));
      window.end = rows + row;
      window.t_last = row > 0 ? t[row - 1] : last;
    }
  }

  // Widens the times of a window of rows by those of rows [rows, rows + n).
  void widen(Window& window, const int64_t* t, size_t n, bool sorted) const {
    const uint64_t begin = std::max(window.begin, rows);
    const uint64_t end = std::min(window.end, rows + n);
    if (begin >= end) return;
    int64_t least = t[begin - rows];
    int64_t greatest = t[end - 1 - rows];
    if (!sorted)
      kernels::time_loops().widen_range(t + (begin - rows), end - begin, least, greatest);
    const bool first = begin == window.begin;
    window.t_first = first ? least : std::min(window.t_first, least);
    window.t_last = first ? greatest : std::max(window.t_last, greatest);
  }

  void add_rows(const int64_t* t, size_t n, bool sorted) {
    const auto length = static_cast<uint64_t>(spec.length);
    while (spec.kind == Kind::kCount && next_row < rows + n) {
      Window window;
      window.begin = next_row;
      window.end = next_row + length;
      push(window);
      by_begin.push_back(windows.size() - 1);
      next_row += static_cast<uint64_t>(spec.stride);
    }
    for (size_t i = begins; i < by_begin.size(); ++i) {
      Window& window = windows[by_begin[i]];
      if (window.begin >= rows + n) break;
      widen(window, t, n, sorted);
      // Windows of rows are looked at again until they are over; those in front are let go.
      if (i == begins && window.end <= rows + n) ++begins;
    }
  }

  void add(const int64_t* t, size_t n) {
    if (n == 0) return;
    const bool sorted =
        (rows == 0 || t[0] >= last) && kernels::time_loops().first_descent(t, n) == n;
    in_order = in_order && sorted;
    if (of_times() && !sorted) {
      throw Error(ErrorCode::kArgument,
                  "windows of time need events in order of time; sort them by t first");
    }
    if (of_times()) {
      add_times(t, n);
    } else if (spec.kind == Kind::kWhole) {
      windows[0].end = rows + n;
      widen(windows[0], t, n, sorted);
    } else {
      add_rows(t, n, sorted);
    }
    last = t[n - 1];
    rows += n;
  }

  std::vector<Window> finish() {
    if (spec.kind == Kind::kEvery && spec.end && next_start) make_times(INT64_MAX);
    for (; of_times() && begins < by_begin.size(); ++begins) {
      windows[by_begin[begins]].begin = rows;
    }
    for (; of_times() && ends < by_end.size(); ++ends) {
      Window& window = windows[by_end[ends]];
      window.end = rows;
      window.t_last = last;
    }
    for (Window& window : windows) {
      window.in_order = in_order;
      if (!window.timed) window.end = std::min(window.end, rows);
      window.begin = std::min(window.begin, rows);
      if (window.begin >= window.end) {
        window.end = window.begin;
        window.t_first = window.t_last = window.t_begin;
      } else if (!window.timed) {
        window.t_begin = window.t_first;
        window.t_end = window.t_last;
      }
    }
    if (!spec.partial) drop_partial();
    return std::move(windows);
  }

  void drop_partial() {
    const auto is_over = [this](const Window& window) {
      if (spec.kind == Kind::kCount) {
        return window.rows() == static_cast<uint64_t>(spec.length);
      }
      return spec.end ? window.t_end <= *spec.end : rows > 0 && window.t_end <= last;
    };
    if (spec.kind == Kind::kEvery || spec.kind == Kind::kCount) {
      std::erase_if(windows, [&](const Window& window) { return !is_over(window); });
    }
  }

  WindowSpec spec;
  std::vector<Window> windows;
  std::vector<size_t> by_begin, by_end;  // numbers of windows in order of their bounds
  size_t begins = 0, ends = 0;           // how many of these are found
  std::optional<int64_t> next_start;     // of windows of equal length
  uint64_t next_row = 0;                 // of windows of equally many rows
  uint64_t rows = 0;
  int64_t last = 0;
  bool in_order = true;
};

WindowFinder::WindowFinder(WindowSpec spec) : state_(std::make_unique<State>(std::move(spec))) {}
WindowFinder::~WindowFinder() = default;
WindowFinder::WindowFinder(WindowFinder&&) noexcept = default;
WindowFinder& WindowFinder::operator=(WindowFinder&&) noexcept = default;
void WindowFinder::add(const int64_t* t, size_t n) { state_->add(t, n); }
std::vector<Window> WindowFinder::finish() { return state_->finish(); }
bool WindowFinder::in_order() const noexcept { return state_->in_order; }

Windows find_windows(const Scan& scan, const WindowSpec& spec) {
  WindowFinder finder(spec);
  Scan times = scan;
  times.columns = uint32_t{1} << kT;
  Reader reader = times.open();
  EventBatch batch;
  while (reader.next(batch)) finder.add(batch.t(), batch.size());
  std::vector<Window> windows = finder.finish();
  return {std::move(windows), finder.in_order()};
}

Windows find_windows(const int64_t* t, size_t n, const WindowSpec& spec, int threads) {
  constexpr size_t kPiece = size_t{1} << 18;  // rows of one thread's turn
  if (spec.kind != Kind::kWhole || n <= kPiece) {
    WindowFinder finder(spec);
    for (size_t i = 0; i < n; i += kPiece) finder.add(t + i, std::min(kPiece, n - i));
    std::vector<Window> windows = finder.finish();
    return {std::move(windows), finder.in_order()};
  }
  std::vector<Windows> pieces((n + kPiece - 1) / kPiece);
  parallel_for(pieces.size(), thread_count(threads), [&](size_t i) {
    const size_t begin = i * kPiece;
    // The last time of the piece before, so that the step between them is looked at too.
    const size_t from = begin > 0 ? begin - 1 : 0;
    WindowFinder finder({});
    finder.add(t + from, std::min(begin + kPiece, n) - from);
    pieces[i].windows = finder.finish();
    pieces[i].in_order = finder.in_order();
  });
  Windows whole = pieces[0];
  for (const Windows& piece : pieces) {
    whole.in_order = whole.in_order && piece.in_order;
    Window& window = whole.windows[0];
    window.t_first = window.t_begin = std::min(window.t_first, piece.windows[0].t_first);
    window.t_last = window.t_end = std::max(window.t_last, piece.windows[0].t_last);
  }
  whole.windows[0].end = n;
  whole.windows[0].in_order = whole.in_order;
  return whole;
}

}  // namespace evarrow
