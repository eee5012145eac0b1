// SPDX-License-Identifier: Apache-2.0
#include "sample/pixels.h"

#include <algorithm>

#include "sample/random.h"

namespace evarrow::sample {
namespace {

constexpr double kThreshold = 0.2;
constexpr double kMismatch = 0.03;
constexpr int64_t kRefractory = 100;  // microseconds

}  // namespace

Pixels::Pixels(int width, int height, uint64_t seed)
    : width_(width), height_(height), seed_(seed), tiles_(TileGrid(width, height).size()) {}

void Pixels::start(size_t index, Tile tile, const Levels& levels) {
  TileState& state = tiles_[index];
  // Pixels keep their thresholds whatever the size of the sensor.
  Random random(seed_, (uint64_t{static_cast<uint32_t>(tile.y)} << 32) + 0x100 +
                           static_cast<uint32_t>(tile.x));
  for (size_t i = 0; i < kTilePixels; ++i) {
    const double on = kThreshold + kMismatch * random.bell();
    const double off = kThreshold + kMismatch * random.bell();
    const double above = (on + off) * random.unit();  // at the start, all are somewhere in between
    state.on_step[i] = static_cast<float>(on);
    state.off_step[i] = static_cast<float>(off);
    state.level[i] = levels[i];
    state.on_level[i] = static_cast<float>(static_cast<double>(levels[i]) + above);
    state.off_level[i] = static_cast<float>(static_cast<double>(levels[i]) + above - on - off);
    state.last_event[i] = -kRefractory;
  }
  state.last_look = 0;
}

void Pixels::look(size_t index, Tile tile, const Levels& levels, int64_t t, TimeBins& bins) {
  TileState& state = tiles_[index];
  for (size_t row = 0; row < kTileSide; ++row) {
    int due = 0;
    for (size_t i = row * kTileSide; i < (row + 1) * kTileSide; ++i) {
      due |= static_cast<int>(levels[i] >= state.on_level[i]) |
             static_cast<int>(levels[i] <= state.off_level[i]);
    }
    if (due == 0) continue;
    for (size_t column = 0; column < kTileSide; ++column) {
      const size_t i = row * kTileSide + column;
      if (levels[i] < state.on_level[i] && levels[i] > state.off_level[i]) continue;
      const int x = tile.x + static_cast<int>(column);
      const int y = tile.y + static_cast<int>(row);
      if (x < width_ && y < height_) look_closely(state, i, x, y, levels[i], t, bins);
    }
  }
  state.level = levels;
  state.last_look = t;
}

void Pixels::look_closely(TileState& state, size_t i, int x, int y, float level, int64_t t,
                          TimeBins& bins) const {
  const auto before = static_cast<double>(state.level[i]);
  const double change = static_cast<double>(level) - before;
  const auto span = static_cast<double>(t - state.last_look);
  while (true) {
    const bool on = level >= state.on_level[i];
    if (!on && level > state.off_level[i]) return;
    auto reference = static_cast<double>(on ? state.on_level[i] : state.off_level[i]);
    // A pixel that was blind may be past its threshold before the level moves at all.
    const bool was_past = on ? before >= reference : before <= reference;
    const double share = was_past ? 0.0 : (reference - before) / change;
    int64_t when = state.last_look + static_cast<int64_t>(share * span);
    const int64_t awake = state.last_event[i] + kRefractory;
    if (awake > when) {
      when = awake;
      reference = before + change * (static_cast<double>(when - state.last_look) / span);
    }
    if (when >= t) return;
    bins.add(x, y, when, on ? int8_t{1} : int8_t{-1});
    state.last_event[i] = when;
    state.on_level[i] = static_cast<float>(reference) + state.on_step[i];
    state.off_level[i] = static_cast<float>(reference) - state.off_step[i];
  }
}

}  // namespace evarrow::sample
