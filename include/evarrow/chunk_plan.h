// SPDX-License-Identifier: Apache-2.0
// Where a container such as HDF5 keeps the columns of its streams: enough to decode them without
// the container's own library. Who makes a plan need not be trusted; opening it checks it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

// How one number is stored.
enum class Stored : uint8_t {
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat32,
  kFloat64,
  kStamp  // uint32 seconds and uint32 nanoseconds; counts as microseconds, rounded down
};

// A step that the bytes of a chunk went through before they were stored, by the number that HDF5
// has registered for it.
struct ChunkFilter {
  uint32_t id = 0;
  std::vector<uint32_t> values;
};

// Bytes of the file that hold rows from `row` on.
struct Chunk {
  uint64_t row = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t skipped = 0;  // bit i: filter i was not applied
  // Why its rows cannot be had, where that is known beforehand, a literal: `offset` is then the
  // byte of the file where they would be.
  const char* damage = nullptr;
};

// Rows of equal size, in chunks of equal length.
struct ChunkedRows {
  std::string name;  // for messages
  uint32_t row_bytes = 0;
  uint64_t chunk_rows = 0;  // rows of a whole chunk once its filters are undone
  std::vector<ChunkFilter> filters;
  std::vector<Chunk> chunks;    // in order of rows
  std::vector<std::byte> fill;  // the bytes of a row that lies in no chunk; empty: all zero
  // The rows themselves, where the file has no place of its own for them; chunks lie in here then.
  std::vector<std::byte> content;
};

// Where a column is that the file does not have: measurements are NaN, other numbers made up.
inline constexpr uint32_t kNoDataset = ~uint32_t{0};

// A column: numbers that begin `at` bytes into the rows of one of the datasets.
struct StoredColumn {
  uint32_t dataset = 0;
  uint32_t at = 0;
  Stored type = Stored::kInt64;
  bool big_endian = false;
  int32_t shift = 0;  // added to a coordinate, such as -1 where the first pixel is 1
  // If `bits` is not 0, the value is so many bits of the number, from bit `first_bit` on.
  uint8_t first_bit = 0;
  uint8_t bits = 0;
  bool inverted = false;  // of polarity: 0 is ON
  double unit = 1;        // of a column of measurements: what is stored counts so much
  // Of a column that the file does not have: what its first row is, and each further one more.
  int64_t first = 0;
  int64_t step = 0;
};

// Microseconds are (t + offset) * multiplier / divisor: whole numbers rounded down, floating-point
// ones to the nearest, ties to even.
struct TimeRule {
  int64_t offset = 0;
  int64_t multiplier = 1;
  int64_t divisor = 1;
};

// Between which times the rows from `row` on are, up to the next of these; microseconds.
struct RowTimes {
  uint64_t row = 0;
  int64_t first = 0;
  int64_t last = 0;
};

// What a file says of which row comes when: one number for each period of time, which is the row to
// begin at for what is in the period. It may be wrong: it saves looking, and is never the answer.
struct PeriodRows {
  ChunkedRows dataset;
  uint64_t entries = 0;
  StoredColumn row;
  int64_t first = 0;   // when the period of entry 0 begins, microseconds
  int64_t period = 0;  // of an entry, microseconds; 0: the file has nothing of that kind
};

// The part of every picture that lies in chunks of its own; its place and size in values of the
// picture, which are the colours of pixels.
struct PictureTile {
  uint32_t top = 0;
  uint32_t left = 0;
  uint32_t channel = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t channels = 0;
  ChunkedRows lines =
      {};  // a row for each line: the first `height` rows are those of the first picture
};

// The pixels of a stream of frames: a picture a row, all of one size. Tiles at the edges may reach
// beyond it.
struct StoredPictures {
  int16_t width = 0;
  int16_t height = 0;
  int16_t channels = 0;
  int16_t bits = 0;
  bool blue_first = false;
  std::vector<PictureTile> tiles = {};  // what lies in none of them is 0
};

// One stream. Its columns are those of the stream's schema, in that order.
struct ChunkPlan {
  std::string stream = "events";
  uint64_t rows = 0;
  std::vector<ChunkedRows> datasets;
  std::vector<StoredColumn> columns;
  TimeRule time;
  // What the file itself says of the times of all rows, in order of rows; empty if it does not.
  // It is believed: a window decodes no row that lies outside of it by this.
  std::vector<RowTimes> times = {};
  PeriodRows periods = {};
  // Rows whose time is the least 64-bit number, which NaN becomes as a whole number, are left out.
  bool drops_timeless = false;
  // Of a stream of frames: where the pixels are, unless the columns `offset` and `size` say that to
  // Format::read_image.
  std::optional<StoredPictures> pictures = {};
  uint64_t truncated = 0;  // bytes at the end of the file that are no whole chunk
};

// A file with plans for its streams: `events` and, if it has any, others.
struct ContainerPlan {
  Header header;
  std::vector<ChunkPlan> streams;
  // What the chunks lie in, if that is not the file itself but bytes that were put together of it.
  std::shared_ptr<Source> payload = nullptr;
  // If the payload holds words of a format rather than rows: how they are decoded. There are no
  // streams then.
  std::shared_ptr<const Format> words = nullptr;
  // In place of Format::read_image, where pixels are not found by their place in the file alone.
  std::function<std::vector<std::byte>(const FramePlace& place)> read_image = nullptr;
  // What was found to be damaged when the plan was made, and what that is in words.
  Faults faults = {};
  std::string why = {};
};

}  // namespace evarrow
