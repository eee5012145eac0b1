// SPDX-License-Identifier: Apache-2.0
// Columns of events: their units, their memory, and batches of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>

namespace evarrow {

using Bytes = std::span<const std::byte>;

// How the values of a column are stored. kTime is an int64 count of microseconds.
enum class Type : uint8_t { kInt8, kInt16, kInt32, kInt64, kTime, kFloat64 };

constexpr size_t width_of(Type type) noexcept {
  switch (type) {
    case Type::kInt8:
      return 1;
    case Type::kInt16:
      return 2;
    case Type::kInt32:
      return 4;
    case Type::kInt64:
    case Type::kTime:
    case Type::kFloat64:
      return 8;
  }
  return 0;
}

struct Field {
  std::string_view name;
  Type type;
};
using Schema = std::span<const Field>;

// x grows to the right, y downwards, pixels; t is the sensor's clock, microseconds; polarity is
// +1 (ON) or -1 (OFF), or 1 and 0 where binary polarity was asked for.
inline constexpr std::array<Field, 4> kEventFields = {
    {{"x", Type::kInt16}, {"y", Type::kInt16}, {"t", Type::kTime}, {"polarity", Type::kInt8}}};
enum EventColumn : size_t { kX = 0, kY = 1, kT = 2, kPolarity = 3 };

// Edges of the external trigger inputs; polarity as for events (rising is ON).
inline constexpr std::array<Field, 3> kTriggerFields = {
    {{"t", Type::kTime}, {"id", Type::kInt16}, {"polarity", Type::kInt8}}};
enum TriggerColumn : size_t { kTriggerT = 0, kTriggerId = 1, kTriggerPolarity = 2 };

// What the event rate controller counted: events before (output 0) or after (output 1) it.
inline constexpr std::array<Field, 3> kRateFields = {
    {{"t", Type::kTime}, {"count", Type::kInt32}, {"output", Type::kInt8}}};
enum RateColumn : size_t { kRateT = 0, kRateCount = 1, kRateOutput = 2 };

// When the pixels of an ATIS crossed the two thresholds of an exposure measurement (crossing 0 and
// 1).
inline constexpr std::array<Field, 4> kExposureFields = {
    {{"x", Type::kInt16}, {"y", Type::kInt16}, {"t", Type::kTime}, {"crossing", Type::kInt8}}};

// The colours of events, 0 to 255.
inline constexpr std::array<Field, 6> kColorFields = {{{"x", Type::kInt16},
                                                       {"y", Type::kInt16},
                                                       {"t", Type::kTime},
                                                       {"red", Type::kInt16},
                                                       {"green", Type::kInt16},
                                                       {"blue", Type::kInt16}}};

// Byte strings: where in the file they begin and how many bytes they have.
inline constexpr std::array<Field, 3> kMessageFields = {
    {{"t", Type::kTime}, {"offset", Type::kInt64}, {"size", Type::kInt64}}};

// What an inertial measurement unit felt, in the units of SI: acceleration m/s^2 (gravity is in
// it), angular velocity rad/s, magnetic field tesla, temperature degrees Celsius, along the axes of
// the unit itself. NaN: not measured. 64 bits are enough for the units of any recording, 32-bit
// multiples of g and degrees, to come back exactly.
inline constexpr std::array<Field, 11> kImuFields = {{{"t", Type::kTime},
                                                      {"accel_x", Type::kFloat64},
                                                      {"accel_y", Type::kFloat64},
                                                      {"accel_z", Type::kFloat64},
                                                      {"gyro_x", Type::kFloat64},
                                                      {"gyro_y", Type::kFloat64},
                                                      {"gyro_z", Type::kFloat64},
                                                      {"mag_x", Type::kFloat64},
                                                      {"mag_y", Type::kFloat64},
                                                      {"mag_z", Type::kFloat64},
                                                      {"temperature", Type::kFloat64}}};
enum ImuColumn : size_t {
  kImuT = 0,
  kImuAccel = 1,
  kImuGyro = 4,
  kImuMag = 7,
  kImuTemperature = 10
};

// What recordings count in, in those units.
inline constexpr double kStandardGravity = 9.80665;  // m/s^2
inline constexpr double kRadiansPerDegree = std::numbers::pi / 180;
inline constexpr double kTeslaPerMicrotesla = 1e-6;

// Pictures: when (the middle or the begin of the exposure, as the recording has it) and how long
// pixels were exposed, the place of the first pixel on the sensor, the size, 1 (grey), 3 (RGB) or 4
// (RGBA) channels of 8, 16 (unsigned) or 32 (float) bits, and where in the recording its pixels are
// found (Recording::image).
inline constexpr std::array<Field, 11> kFrameFields = {{{"t", Type::kTime},
                                                        {"exposure_begin", Type::kTime},
                                                        {"exposure_end", Type::kTime},
                                                        {"left", Type::kInt16},
                                                        {"top", Type::kInt16},
                                                        {"width", Type::kInt16},
                                                        {"height", Type::kInt16},
                                                        {"channels", Type::kInt16},
                                                        {"bits", Type::kInt16},
                                                        {"offset", Type::kInt64},
                                                        {"size", Type::kInt64}}};
enum FrameColumn : size_t {
  kFrameT = 0,
  kFrameBegin = 1,
  kFrameEnd = 2,
  kFrameLeft = 3,
  kFrameTop = 4,
  kFrameWidth = 5,
  kFrameHeight = 6,
  kFrameChannels = 7,
  kFrameBits = 8,
  kFrameOffset = 9,
  kFrameSize = 10
};

// What a row of that says of its pixels.
struct FramePlace {
  int16_t width = 0;
  int16_t height = 0;
  int16_t channels = 0;
  int16_t bits = 0;
  int64_t offset = 0;
  int64_t size = 0;

  bool operator==(const FramePlace&) const = default;

  // Of all pixels; 0 if they cannot be.
  constexpr uint64_t bytes() const noexcept {
    const bool is_image = width > 0 && height > 0 &&
                          (channels == 1 || channels == 3 || channels == 4) &&
                          (bits == 8 || bits == 16 || bits == 32);
    if (!is_image) return 0;
    return static_cast<uint64_t>(width) * static_cast<uint64_t>(height) *
           static_cast<uint64_t>(channels) * static_cast<uint64_t>(bits / 8);
  }
};

inline constexpr size_t kMaxColumns = 12;
inline constexpr uint32_t kAllColumns = ~uint32_t{0};

// Memory of one column: 64-byte aligned, at least one cache line long, on huge pages where it is
// large. Not initialised. Throws std::bad_alloc.
class Buffer {
 public:
  explicit Buffer(size_t bytes);
  // Memory of somebody else, which stays as it is for as long as `owner` lives: not to be written.
  Buffer(const void* memory, size_t bytes, std::shared_ptr<const void> owner) noexcept;
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::byte* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }
  bool is_borrowed() const noexcept { return owner_ != nullptr; }

  // Makes room for `bytes`, keeping the first `used` bytes; the address may change. Not for
  // borrowed memory.
  void grow(size_t bytes, size_t used);

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<const void> owner_;
};

// Rows of one stream, column by column, in memory that is written once and then handed on.
// A column that the projection leaves out has no memory. Copies share the memory.
class Batch {
 public:
  Batch() = default;
  ~Batch() = default;
  Batch(const Batch&) = default;
  Batch& operator=(const Batch&) = default;
  Batch(Batch&& other) noexcept { swap(other); }  // leaves an empty batch behind, as does `=`
  Batch& operator=(Batch&& other) noexcept {
    Batch moved(std::move(other));
    swap(moved);
    return *this;
  }

  // `columns` has bit i set where column i of `schema` is wanted. `schema` must outlive the batch.
  Batch(Schema schema, size_t capacity, uint32_t columns = kAllColumns);

  // Rows in memory of somebody else, who keeps it as it is for as long as this batch or a copy of
  // it lives. They are not to be written. Null: a column that is not there.
  static Batch borrow(Schema schema, const std::array<const void*, kMaxColumns>& columns,
                      size_t rows) noexcept;
  // The same in memory that stays as it is for as long as `owner` lives, which the batch and its
  // copies keep.
  static Batch borrow(Schema schema, const std::array<const void*, kMaxColumns>& columns,
                      size_t rows, const std::shared_ptr<const void>& owner);

  Schema schema() const noexcept { return schema_; }
  size_t size() const noexcept { return size_; }
  size_t capacity() const noexcept { return capacity_; }
  size_t room() const noexcept { return capacity_ - size_; }
  void resize(size_t size) noexcept { size_ = size; }
  bool has(size_t column) const noexcept { return data_[column] != nullptr; }
  uint32_t columns() const noexcept;

  // The first value of a column, or null where the projection leaves it out.
  template <typename T>
  T* column(size_t i) noexcept {
    return reinterpret_cast<T*>(data_[i]);
  }
  template <typename T>
  const T* column(size_t i) const noexcept {
    return reinterpret_cast<const T*>(data_[i]);
  }
  const std::byte* bytes(size_t i) const noexcept { return data_[i]; }
  const std::shared_ptr<Buffer>& buffer(size_t i) const noexcept { return buffers_[i]; }

  // Rows [begin, begin + rows) in the same memory; as full as `size()` rows of it are.
  Batch slice(size_t begin, size_t rows) const noexcept;

  // Makes room for `capacity` rows, keeping those there are. Only for memory that is not shared.
  void reserve(size_t capacity);

  // Copies rows [begin, begin + n) of `from` to rows `at` and on, for which there must be room, of
  // the columns that both have. `from` may be this batch. The size stays.
  void copy_rows(size_t at, const Batch& from, size_t begin, size_t n) noexcept;

  // Leaves out the columns whose bit is not set.
  void project(uint32_t columns) noexcept;

  // Whether the memory is evarrow's, and no other batch, array or Arrow consumer holds it: it may
  // be written again.
  bool unique() const noexcept;

 private:
  void swap(Batch& other) noexcept {
    std::swap(schema_, other.schema_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(data_, other.data_);
    std::swap(buffers_, other.buffers_);
  }

  Schema schema_;
  size_t size_ = 0;
  size_t capacity_ = 0;
  std::array<std::byte*, kMaxColumns> data_{};
  std::array<std::shared_ptr<Buffer>, kMaxColumns> buffers_;
};

// What becomes of events that lie outside the sensor: left out and counted, an error, or moved to
// its edge.
enum class Outside : uint8_t { kDrop, kRaise, kClamp };

// A batch of events with its columns by name.
class EventBatch : public Batch {
 public:
  EventBatch() : EventBatch(0) {}
  explicit EventBatch(size_t capacity, uint32_t columns = kAllColumns)
      : Batch(kEventFields, capacity, columns) {}
  explicit EventBatch(Batch&& batch) noexcept : Batch(std::move(batch)) {}

  int16_t* x() noexcept { return column<int16_t>(kX); }
  int16_t* y() noexcept { return column<int16_t>(kY); }
  int64_t* t() noexcept { return column<int64_t>(kT); }
  int8_t* polarity() noexcept { return column<int8_t>(kPolarity); }
  const int16_t* x() const noexcept { return column<int16_t>(kX); }
  const int16_t* y() const noexcept { return column<int16_t>(kY); }
  const int64_t* t() const noexcept { return column<int64_t>(kT); }
  const int8_t* polarity() const noexcept { return column<int8_t>(kPolarity); }
};

}  // namespace evarrow
