// SPDX-License-Identifier: Apache-2.0
// Filters that move pixels: crops, turns, and any other by a table of where each pixel goes.
#include "evarrow/geometry.h"

#include <algorithm>
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "filters/box.h"
#include "filters/selecting.h"

namespace evarrow {
namespace {

constexpr uint32_t kPixelColumns = 1U << kX | 1U << kY;

class Crop final : public Filter {
 public:
  explicit Crop(const CropRegion& region)
      : Filter("crop", {.changes = kPixelColumns, .memory = Memory::kNothing}),
        region_(region),
        box_({.x_begin = region.x0, .x_end = region.x1, .y_begin = region.y0, .y_end = region.y1},
             {.t = kMaxColumns, .x = kX, .y = kY, .polarity = kMaxColumns}) {}

  Resolution resolution_after(Resolution /*before*/) const override {
    return {region_.x1 - region_.x0, region_.y1 - region_.y0};
  }

 private:
  void run(EventBatch& events) override {
    const size_t kept = box_.keep(events, 0, events.size(), events, 0);
    int16_t* x = events.x();
    int16_t* y = events.y();
    for (size_t i = 0; i < kept; ++i) {
      x[i] = static_cast<int16_t>(x[i] - region_.x0);
      y[i] = static_cast<int16_t>(y[i] - region_.y0);
    }
    events.resize(kept);
  }

  CropRegion region_;
  BoxFilter box_;
};

std::string_view name_of(Turn turn) noexcept {
  switch (turn) {
    case Turn::kFlipX:
      return "flip_x";
    case Turn::kFlipY:
      return "flip_y";
    case Turn::kTranspose:
      return "transpose";
    default:
      return "rotate";
  }
}

// Turns are flips that may be followed by a swap of the columns.
class TurnFilter final : public SensorFilter {
 public:
  TurnFilter(const Sensor& sensor, Turn turn)
      : SensorFilter(name_of(turn), sensor, {.changes = kPixelColumns, .memory = Memory::kNothing}),
        flip_x_(turn == Turn::kFlipX || turn == Turn::kRotate180 || turn == Turn::kRotate90),
        flip_y_(turn == Turn::kFlipY || turn == Turn::kRotate180 || turn == Turn::kRotate270),
        swap_(turn == Turn::kRotate90 || turn == Turn::kRotate270 || turn == Turn::kTranspose) {}

  Resolution resolution_after(Resolution /*before*/) const override {
    if (swap_) return {sensor().height, sensor().width};
    return {sensor().width, sensor().height};
  }

 private:
  static void flip(int16_t* values, size_t n, int32_t pixels) noexcept {
    const auto last = static_cast<int16_t>(pixels - 1);
    for (size_t i = 0; i < n; ++i) values[i] = static_cast<int16_t>(last - values[i]);
  }

  void change(EventBatch& events, size_t begin, size_t n) override {
    int16_t* x = events.x() + begin;
    int16_t* y = events.y() + begin;
    if (flip_x_) flip(x, n, sensor().width);
    if (flip_y_) flip(y, n, sensor().height);
    if (swap_) std::swap_ranges(x, x + n, y);
  }

  void narrow(const EventSpan& /*events*/, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [](size_t) { return true; });
  }

  bool flip_x_;
  bool flip_y_;
  bool swap_;
};

class Remap final : public SensorFilter {
 public:
  Remap(std::string_view name, const Sensor& sensor, PixelTable table, Resolution after)
      : SensorFilter(name, sensor, {.changes = kPixelColumns, .memory = Memory::kNothing}),
        table_(std::move(table)),
        after_(after) {}

  Resolution resolution_after(Resolution /*before*/) const override { return after_; }

 private:
  void change(EventBatch& events, size_t begin, size_t n) override {
    int16_t* x = events.x() + begin;
    int16_t* y = events.y() + begin;
    const auto width = static_cast<size_t>(sensor().width);
    for (size_t i = 0; i < n; ++i) {
      const Pixel to = table_[static_cast<size_t>(y[i]) * width + static_cast<size_t>(x[i])];
      x[i] = to.x;
      y[i] = to.y;
    }
  }

  void narrow(const EventSpan& events, size_t n, uint64_t* bits) override {
    narrow_bits(n, bits, [&](size_t i) { return events.x[i] >= 0; });
  }

  PixelTable table_;
  Resolution after_;
};

}  // namespace

std::unique_ptr<Filter> make_crop(const CropRegion& region) {
  if (region.x0 >= region.x1 || region.y0 >= region.y1 || region.x1 - region.x0 > 32'768 ||
      region.y1 - region.y0 > 32'768) {
    throw Error(ErrorCode::kArgument, "a crop needs a region of 1 to 32768 pixels each way");
  }
  return std::make_unique<Crop>(region);
}

std::unique_ptr<Filter> make_turn(const Sensor& sensor, Turn turn) {
  return std::make_unique<TurnFilter>(sensor, turn);
}

std::unique_ptr<Filter> make_remap(std::string_view name, const Sensor& sensor, PixelTable table,
                                   Resolution after) {
  auto pixels = static_cast<size_t>(std::max(sensor.width, 0));
  pixels *= static_cast<size_t>(std::max(sensor.height, 0));
  if (table.size() != pixels) {
    throw Error(ErrorCode::kArgument, "the table of " + std::string(name) + " has places for " +
                                          std::to_string(table.size()) +
                                          " pixels, and the sensor " + std::to_string(pixels));
  }
  return std::make_unique<Remap>(name, sensor, std::move(table), after);
}

}  // namespace evarrow
