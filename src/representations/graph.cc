// SPDX-License-Identifier: Apache-2.0
// Edges between events that are near in space and time.
#include <algorithm>
#include <cmath>

#include "evarrow/error.h"
#include "evarrow/warp.h"

namespace evarrow {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

struct Edge {
  float distance;
  uint32_t from;
};

class GraphMaker {
 public:
  GraphMaker(const EventBatch& events, Resolution resolution, const GraphOptions& options)
      : events_(events),
        options_(options),
        width_(resolution.width),
        height_(resolution.height),
        newest_(static_cast<size_t>(width_) * static_cast<size_t>(height_), kNone),
        before_(events.size(), kNone) {}

  Graph make() {
    Graph graph;
    for (size_t row = 0; row < events_.size(); ++row) {
      const int32_t x = events_.x()[row];
      const int32_t y = events_.y()[row];
      if (x < 0 || y < 0 || x >= width_ || y >= height_) continue;
      edges_.clear();
      find(row, x, y);
      keep_nearest();
      for (const Edge& edge : edges_) {
        graph.from.push_back(edge.from);
        graph.to.push_back(static_cast<uint32_t>(row));
        graph.distance.push_back(edge.distance);
      }
      uint32_t& newest = newest_[cell(x, y)];
      before_[row] = newest;
      newest = static_cast<uint32_t>(row);
    }
    return graph;
  }

 private:
  size_t cell(int32_t x, int32_t y) const noexcept {
    return static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x);
  }

  void find(size_t row, int32_t x, int32_t y) {
    const auto reach = static_cast<int32_t>(std::min<double>(options_.radius, width_ + height_));
    const double most = options_.radius * options_.radius;
    for (int32_t ny = std::max(y - reach, 0); ny <= std::min(y + reach, height_ - 1); ++ny) {
      for (int32_t nx = std::max(x - reach, 0); nx <= std::min(x + reach, width_ - 1); ++nx) {
        const auto in_plane = static_cast<double>((nx - x) * (nx - x) + (ny - y) * (ny - y));
        // From the newest event of the pixel on, as long as they are near enough.
        for (uint32_t i = newest_[cell(nx, ny)]; i != kNone; i = before_[i]) {
          const double time =
              static_cast<double>(events_.t()[row] - events_.t()[i]) * options_.scale;
          const double square = in_plane + time * time;
          if (square > most) break;
          edges_.push_back({static_cast<float>(std::sqrt(square)), i});
        }
      }
    }
  }

  void keep_nearest() {
    const auto nearer = [](const Edge& a, const Edge& b) {
      return a.distance < b.distance || (a.distance == b.distance && a.from > b.from);
    };
    const auto wanted = static_cast<size_t>(options_.neighbours);
    if (wanted > 0 && edges_.size() > wanted) {
      std::ranges::nth_element(edges_, edges_.begin() + static_cast<ptrdiff_t>(wanted), nearer);
      edges_.resize(wanted);
    }
    std::ranges::sort(edges_, {}, &Edge::from);
  }

  const EventBatch& events_;
  GraphOptions options_;
  int32_t width_, height_;
  std::vector<uint32_t> newest_;  // the last row of each pixel
  std::vector<uint32_t> before_;  // of each row, the one before at its pixel
  std::vector<Edge> edges_;
};

}  // namespace

Graph make_graph(const EventBatch& events, Resolution resolution, const GraphOptions& options) {
  if (!(options.radius >= 0) || !(options.scale >= 0) || options.neighbours < 0) {
    throw Error(ErrorCode::kArgument, "radius, scale and neighbours must not be negative");
  }
  if (events.size() >= kNone)
    throw Error(ErrorCode::kArgument, "a graph has fewer than 2^32 events");
  if (!std::is_sorted(events.t(), events.t() + events.size())) {
    throw Error(ErrorCode::kArgument,
                "a graph needs events in order of time; sort them by t first");
  }
  return GraphMaker(events, resolution, options).make();
}

}  // namespace evarrow
