// SPDX-License-Identifier: Apache-2.0
// The pixels of an event sensor: each compares the light to what it saw at its last event.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sample/tile.h"
#include "sample/time_bins.h"

namespace evarrow::sample {

class Pixels {
 public:
  Pixels(int width, int height, uint64_t seed);

  // What a tile sees at time 0.
  void start(size_t index, Tile tile, const Levels& levels);

  // What it sees at a later time: its events since the last look go into `bins`, their times
  // interpolated.
  void look(size_t index, Tile tile, const Levels& levels, int64_t t, TimeBins& bins);

 private:
  struct TileState {
    Levels on_level, off_level;  // where the next event is due
    Levels level;                // of the last look
    Levels on_step, off_step;    // thresholds
    std::array<int64_t, kTilePixels> last_event;
    int64_t last_look;
  };

  void look_closely(TileState& state, size_t i, int x, int y, float level, int64_t t,
                    TimeBins& bins) const;

  int width_;
  int height_;
  uint64_t seed_;
  std::vector<TileState> tiles_;
};

}  // namespace evarrow::sample
