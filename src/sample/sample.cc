// SPDX-License-Identifier: Apache-2.0
// SampleScene: a scene before the pixels of a sensor, step by step.
#include "evarrow/sample.h"

#include <algorithm>
#include <string>
#include <vector>

#include "evarrow/error.h"
#include "sample/noise.h"
#include "sample/pixels.h"
#include "sample/random.h"
#include "sample/scene.h"
#include "sample/tile.h"
#include "sample/time_bins.h"

namespace evarrow {
namespace {

using sample::kQuietSteps;
using sample::kStep;

constexpr int32_t kLeastSide = 8;
constexpr int32_t kMostSide = 2048;
constexpr int64_t kMostDuration = 1'000'000'000'000;  // microseconds, 11 days
constexpr size_t kBatchRows = 65'536;

// The frame signal: high for 10 ms from the beginning of each thirtieth of a second.
constexpr int64_t kFramesPerSecond = 30;
constexpr int64_t kExposure = 10'000;

SampleOptions checked(SampleOptions options) {
  for (const int32_t side : {options.width, options.height}) {
    if (side >= kLeastSide && side <= kMostSide) continue;
    throw Error(ErrorCode::kArgument,
                "a sample has a width and a height of 8 to 2048 pixels, not " +
                    std::to_string(options.width) + "x" + std::to_string(options.height));
  }
  if (options.duration < 0 || options.duration > kMostDuration) {
    throw Error(ErrorCode::kArgument, "a sample lasts 0 to 1000000000000 microseconds, not " +
                                          std::to_string(options.duration));
  }
  return options;
}

int64_t edge_time(int64_t edge) noexcept {
  return edge / 2 * 1'000'000 / kFramesPerSecond + edge % 2 * kExposure;
}

// Whether all columns of `batch` have memory that nobody else looks at.
bool can_write(const EventBatch& batch) noexcept {
  for (size_t i = 0; i < kEventFields.size(); ++i) {
    if (!batch.has(i) || batch.buffer(i).use_count() != 1) return false;
  }
  return batch.capacity() > 0;
}

}  // namespace

struct SampleScene::State {
  explicit State(const SampleOptions& from)
      : options(checked(from)),
        grid(options.width, options.height),
        scene(options.width, options.height, options.seed),
        pixels(options.width, options.height, options.seed),
        noise(options.width, options.height, options.seed),
        looked_at(grid.size(), -1) {
    sample::Levels levels;
    for (size_t i = 0; i < grid.size(); ++i) {
      scene.paint(grid[i], levels);
      pixels.start(i, grid[i], levels);
    }
  }

  void look(size_t index) {
    if (looked_at[index] == now) return;
    looked_at[index] = now;
    const sample::Tile tile = grid[index];
    sample::Levels levels;
    scene.paint(tile, levels);
    pixels.look(index, tile, levels, now, bins);
  }

  // Looks at the tiles with edges, and at those of the others whose turn it is.
  void step() {
    now += kStep;
    scene.move_to(now);
    scene.visit_edges(grid, kStep, [this](size_t index) { look(index); });
    for (size_t i = 0; i < grid.size(); ++i) {
      const uint64_t turn = sample::mix(i) + static_cast<uint64_t>(now / kStep);
      if (turn % kQuietSteps == 0) look(i);
    }
  }

  // Fills `ready` with the events of the next bin that has any.
  bool advance() {
    position = 0;
    ready.clear();
    while (ready.empty() && bin < options.duration) {
      // After this no event can be earlier than the end of the bin.
      while (now < bin + kQuietSteps * kStep) step();
      noise.add(bin + kStep, bins);
      bins.take(bin, ready);
      ready_begin = bin;
      bin += kStep;
      if (bin > options.duration) drop_late();
    }
    return !ready.empty();
  }

  void drop_late() {
    const auto late = [this](const sample::SensorEvent& event) {
      return ready_begin + event.t >= options.duration;
    };
    ready.erase(std::ranges::find_if(ready, late), ready.end());
  }

  // Moves as many events as fit behind those of `batch`.
  void copy_ready(EventBatch& batch) {
    const size_t rows = std::min(ready.size() - position, batch.room());
    size_t to = batch.size();
    for (size_t i = position; i < position + rows; ++i, ++to) {
      const sample::SensorEvent& event = ready[i];
      batch.x()[to] = static_cast<int16_t>(event.x);
      batch.y()[to] = static_cast<int16_t>(event.y);
      batch.t()[to] = ready_begin + event.t;
      batch.polarity()[to] = event.polarity;
    }
    batch.resize(to);
    position += rows;
  }

  SampleOptions options;
  sample::TileGrid grid;
  sample::Scene scene;
  sample::Pixels pixels;
  sample::Noise noise;
  sample::TimeBins bins;
  std::vector<int64_t> looked_at;  // when, of each tile
  int64_t now = 0;                 // of the simulation, microseconds
  int64_t bin = 0;                 // where the next bin to be taken begins
  std::vector<sample::SensorEvent> ready;
  int64_t ready_begin = 0;
  size_t position = 0;      // in `ready`, of the next event to be given out
  int64_t last_event = -1;  // time of the last event given out
  int64_t next_edge = 0;    // number of the next trigger
};

SampleScene::SampleScene(const SampleOptions& options) : state_(std::make_unique<State>(options)) {}
SampleScene::~SampleScene() = default;
SampleScene::SampleScene(SampleScene&&) noexcept = default;
SampleScene& SampleScene::operator=(SampleScene&&) noexcept = default;

bool SampleScene::next(EventBatch& batch) {
  if (!can_write(batch)) {
    batch = EventBatch(batch.capacity() > 0 ? batch.capacity() : kBatchRows);
  }
  batch.resize(0);
  while (batch.room() > 0) {
    if (state_->position == state_->ready.size() && !state_->advance()) break;
    state_->copy_ready(batch);
  }
  if (batch.size() == 0) return false;
  state_->last_event = batch.t()[batch.size() - 1];
  return true;
}

void SampleScene::triggers(Batch& batch) {
  int64_t end = state_->next_edge;
  while (edge_time(end) <= state_->last_event) ++end;
  const auto rows = static_cast<size_t>(end - state_->next_edge);
  batch = Batch(kTriggerFields, std::max(rows, size_t{1}));
  for (size_t i = 0; i < rows; ++i, ++state_->next_edge) {
    batch.column<int64_t>(kTriggerT)[i] = edge_time(state_->next_edge);
    batch.column<int16_t>(kTriggerId)[i] = 0;
    batch.column<int8_t>(kTriggerPolarity)[i] = state_->next_edge % 2 == 0 ? int8_t{1} : int8_t{-1};
  }
  batch.resize(rows);
}

}  // namespace evarrow
