// SPDX-License-Identifier: Apache-2.0
// Images of events moved along a model of motion, and graphs of events.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "evarrow/representation.h"

namespace evarrow {

// Where an event at (x, y) is at another time. dt: seconds from then to the event.
struct Warp {
  enum class Kind : uint8_t {
    kTranslation,  // 2 parameters, pixels a second: x - v dt
    kAffine,       // 6: x - (v + A (x - c)) dt, c the middle of the sensor, A row by row
    kRotation,     // 3: radians a second about the axes of a camera: K exp(-[w] dt) K^-1 x
    kHomography,   // 8: (I - G dt) x in homogeneous pixels, G row by row, its last element 0
    kFlow,         // none: x - flow(x) dt
  } kind = Kind::kTranslation;
  std::vector<double> parameters;
  std::array<double, 4> camera = {1, 1, 0, 0};     // fx, fy, cx, cy: pixels
  std::shared_ptr<const std::vector<float>> flow;  // u and v of each pixel, pixels a second
};

struct WarpedImageOptions {
  Warp warp;
  enum class Reference : uint8_t { kFirst, kMiddle, kLast } reference = Reference::kLast;
  bool bilinear = true;        // shared out to four pixels, else to the nearest
  bool is_signed = false;      // OFF counts -1
  bool with_gradient = false;  // a channel for the derivative by each parameter, of bilinear images
};
// (1 + parameters, height, width) of float64, or (1, height, width).
Representation warped_image(Resolution resolution, const WarpedImageOptions& options);

// Edges from events to later ones that are near in space and time.
struct GraphOptions {
  double radius = 3;    // the greatest distance, pixels
  double scale = 1e-3;  // pixels that a microsecond counts as
  int neighbours = 0;   // the nearest so many of each event; 0: all
};
struct Graph {
  std::vector<uint32_t> from, to;  // rows of the windows, counted on from one to the next
  std::vector<float> distance;     // pixels
  std::vector<size_t> edges;       // how many of them each window has
};

// Where the edges of windows go. `represent` and `Representing` make them of `what` and `target`,
// and throw Error(kArgument) for times that decrease. What is held of a window is the edges and
// the events that are near enough in time.
class Graphs {
 public:
  // Throws Error(kArgument) for numbers that are negative.
  Graphs(Resolution resolution, const GraphOptions& options);
  ~Graphs();
  Graphs(Graphs&&) noexcept;
  Graphs& operator=(Graphs&&) noexcept;

  const Representation& what() const noexcept { return what_; }
  Target target();  // while this lives
  // Throws Error(kArgument) if the windows have 2^32 - 1 events or more.
  Graph finish(const Windows& windows);

 private:
  struct State;
  std::unique_ptr<State> state_;
  Representation what_;
};

}  // namespace evarrow
