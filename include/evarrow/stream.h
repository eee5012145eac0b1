// SPDX-License-Identifier: Apache-2.0
// The streams that a recording can have: their schemas, and which column is which.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

inline constexpr size_t kNoColumn = kMaxColumns;

struct Stream {
  std::string_view name;
  Schema schema;
  Batch* Batches::* rows;  // where a decoder puts them
  // Where the columns that predicates and sorting look at are; kNoColumn: not there.
  size_t t = kNoColumn;
  size_t x = kNoColumn;
  size_t y = kNoColumn;
  size_t polarity = kNoColumn;
};

inline constexpr std::array<Stream, 8> kAllStreams = {{
    {.name = "events",
     .schema = kEventFields,
     .rows = &Batches::events,
     .t = kT,
     .x = kX,
     .y = kY,
     .polarity = kPolarity},
    {.name = "triggers",
     .schema = kTriggerFields,
     .rows = &Batches::triggers,
     .t = kTriggerT,
     .polarity = kTriggerPolarity},
    {.name = "rates", .schema = kRateFields, .rows = &Batches::rates, .t = kRateT},
    {.name = "exposures",
     .schema = kExposureFields,
     .rows = &Batches::exposures,
     .t = kT,
     .x = kX,
     .y = kY},
    {.name = "colors", .schema = kColorFields, .rows = &Batches::colors, .t = kT, .x = kX, .y = kY},
    {.name = "messages", .schema = kMessageFields, .rows = &Batches::messages, .t = 0},
    {.name = "imu", .schema = kImuFields, .rows = &Batches::imu, .t = kImuT},
    {.name = "frames", .schema = kFrameFields, .rows = &Batches::frames, .t = kFrameT},
}};

// What a row of the stream `frames`, with all of its columns, says of its pixels.
inline FramePlace frame_place(const Batch& frames, size_t row) noexcept {
  return {.width = frames.column<int16_t>(kFrameWidth)[row],
          .height = frames.column<int16_t>(kFrameHeight)[row],
          .channels = frames.column<int16_t>(kFrameChannels)[row],
          .bits = frames.column<int16_t>(kFrameBits)[row],
          .offset = frames.column<int64_t>(kFrameOffset)[row],
          .size = frames.column<int64_t>(kFrameSize)[row]};
}

// Null where there is none of that name.
constexpr const Stream* stream_called(std::string_view name) noexcept {
  const auto found = std::ranges::find(kAllStreams, name, &Stream::name);
  return found == kAllStreams.end() ? nullptr : &*found;
}

}  // namespace evarrow
