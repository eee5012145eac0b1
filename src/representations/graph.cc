// SPDX-License-Identifier: Apache-2.0
// Edges between events that are near in space and time.
#include <algorithm>
#include <cmath>
#include <exception>
#include <mutex>
#include <utility>

#include "evarrow/error.h"
#include "evarrow/warp.h"
#include "representations/kind.h"

namespace evarrow {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

struct Edge {
  float distance;
  uint32_t from;
};

// The edges of one window.
struct Edges {
  std::vector<uint32_t> from, to;
  std::vector<float> distance;
};

struct Node {
  int64_t t;
  uint32_t row;
  uint32_t before;  // the node before at its pixel
};

// Its array is the address of the edges.
class EdgeMaker final : public Accumulator {
 public:
  EdgeMaker(Resolution resolution, const GraphOptions& options)
      : options_(options),
        width_(resolution.width),
        height_(resolution.height),
        reach_(static_cast<int32_t>(std::min<double>(options.radius, width_ + height_))),
        most_(options.radius * options.radius),
        newest_(cells_of(resolution)) {}

  void begin(const Window& window, std::byte* out) override {
    if (window.rows() >= kNone) {
      throw Error(ErrorCode::kArgument, "a graph has fewer than 2^32 - 1 events");
    }
    if (!window.in_order && window.rows() > 0) {
      throw Error(ErrorCode::kArgument,
                  "a graph needs events in order of time; sort them by t first");
    }
    std::ranges::fill(newest_, kNone);
    nodes_.clear();
    base_ = 0;
    first_ = 0;
    made_ = {};
    *reinterpret_cast<Edges**>(out) = &made_;
  }

  void add(const Block& block) noexcept override {
    if (failure_) return;
    try {
      for (size_t i = 0; i < block.n; ++i) add_event(block, i);
    } catch (...) {  // there is no more memory
      failure_ = std::current_exception();
    }
  }

  void finish() override {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  double square_of_time(int64_t from, int64_t to) const noexcept {
    const uint64_t us = static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
    // Signed numbers become fractions faster, and what is longer ago than 2^63 is as far as that.
    const auto ago = static_cast<int64_t>(std::min(us, uint64_t{INT64_MAX}));
    const double time = static_cast<double>(ago) * options_.scale;
    return time * time;
  }

  void add_event(const Block& block, size_t i) {
    const int64_t t = block.t[i];
    forget(t);
    near_.clear();
    find(block.x[i], block.y[i], t);
    keep_nearest();
    const auto row = static_cast<uint32_t>(block.row + i);
    for (const Edge& edge : near_) {
      made_.from.push_back(edge.from);
      made_.to.push_back(row);
      made_.distance.push_back(edge.distance);
    }
    uint32_t& newest = newest_[block.cell[i]];
    nodes_.push_back({t, row, newest});
    newest = base_ + static_cast<uint32_t>(nodes_.size() - 1);
  }

  // Lets those go that are too long ago for whatever is to come.
  void forget(int64_t t) {
    while (first_ < nodes_.size() && square_of_time(nodes_[first_].t, t) > most_) ++first_;
    if (first_ <= nodes_.size() / 2 + 64) return;
    nodes_.erase(nodes_.begin(), nodes_.begin() + static_cast<ptrdiff_t>(first_));
    base_ += static_cast<uint32_t>(first_);
    first_ = 0;
  }

  void find(int32_t x, int32_t y, int64_t t) {
    for (int32_t ny = std::max(y - reach_, 0); ny <= std::min(y + reach_, height_ - 1); ++ny) {
      const uint32_t* const line =
          newest_.data() + static_cast<size_t>(ny) * static_cast<size_t>(width_);
      for (int32_t nx = std::max(x - reach_, 0); nx <= std::min(x + reach_, width_ - 1); ++nx) {
        const auto in_plane = static_cast<double>((nx - x) * (nx - x) + (ny - y) * (ny - y));
        // From the newest event of the pixel on, as long as they are near enough.
        for (uint32_t i = line[nx]; i != kNone && i >= base_; i = nodes_[i - base_].before) {
          const Node& node = nodes_[i - base_];
          const double square = in_plane + square_of_time(node.t, t);
          if (square > most_) break;
          near_.push_back({static_cast<float>(std::sqrt(square)), node.row});
        }
      }
    }
  }

  void keep_nearest() {
    const auto nearer = [](const Edge& a, const Edge& b) {
      return a.distance < b.distance || (a.distance == b.distance && a.from > b.from);
    };
    const auto wanted = static_cast<size_t>(options_.neighbours);
    if (wanted > 0 && near_.size() > wanted) {
      std::ranges::nth_element(near_, near_.begin() + static_cast<ptrdiff_t>(wanted), nearer);
      near_.resize(wanted);
    }
    std::ranges::sort(near_, {}, &Edge::from);
  }

  GraphOptions options_;
  int32_t width_, height_;
  int32_t reach_;                 // pixels
  double most_;                   // the square of the greatest distance
  std::vector<uint32_t> newest_;  // the last node of each pixel
  std::vector<Node> nodes_;       // from number `base_` on
  uint32_t base_ = 0;
  size_t first_ = 0;  // of `nodes_`, that may still be near
  std::vector<Edge> near_;
  Edges made_;
  std::exception_ptr failure_;
};

template <typename T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), from.begin(), from.end());
  }
}

}  // namespace

struct Graphs::State {
  std::mutex mutex;
  std::vector<Edges> windows;
};

Graphs::Graphs(Resolution resolution, const GraphOptions& options)
    : state_(std::make_unique<State>()) {
  if (!(options.radius >= 0) || !(options.scale >= 0) || options.neighbours < 0) {
    throw Error(ErrorCode::kArgument, "radius, scale and neighbours must not be negative");
  }
  what_ = kind_of<EdgeMaker>(resolution, {}, ValueType::kU64, resolution, options);
  what_.shape = {1};
}
Graphs::~Graphs() = default;
Graphs::Graphs(Graphs&&) noexcept = default;
Graphs& Graphs::operator=(Graphs&&) noexcept = default;

Target Graphs::target() {
  static_assert(sizeof(Edges*) <= sizeof(uint64_t));
  const auto take = [state = state_.get()](size_t number, const std::byte* values) {
    Edges* const made = *reinterpret_cast<Edges* const*>(values);
    const std::lock_guard lock(state->mutex);
    if (state->windows.size() <= number) state->windows.resize(number + 1);
    state->windows[number] = std::move(*made);
  };
  return {.data = nullptr, .type = ValueType::kU64, .take = take};
}

Graph Graphs::finish(const Windows& windows) {
  Graph graph;
  uint64_t rows = 0;
  state_->windows.resize(windows.windows.size());
  for (size_t i = 0; i < windows.windows.size(); ++i) {
    Edges edges = std::exchange(state_->windows[i], {});
    for (uint32_t& row : edges.from) row += static_cast<uint32_t>(rows);
    for (uint32_t& row : edges.to) row += static_cast<uint32_t>(rows);
    graph.edges.push_back(edges.to.size());
    append(graph.from, std::move(edges.from));
    append(graph.to, std::move(edges.to));
    append(graph.distance, std::move(edges.distance));
    rows += windows.windows[i].rows();
    if (rows >= kNone) {
      throw Error(ErrorCode::kArgument, "a graph has fewer than 2^32 - 1 events");
    }
  }
  return graph;
}

}  // namespace evarrow
