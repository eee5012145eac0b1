// SPDX-License-Identifier: Apache-2.0
// The packets of AEDAT 3, little-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace evarrow::aedat {

// The types of packets that are read; a packet of any other is stepped over.
inline constexpr uint16_t kSpecial = 0;
inline constexpr uint16_t kPolarity = 1;
inline constexpr uint16_t kFrame = 2;
inline constexpr uint16_t kImu6 = 3;
inline constexpr uint16_t kImu9 = 4;

inline constexpr size_t kHeaderBytes = 28;
inline constexpr size_t kEventBytes = 8;          // of special and polarity events
inline constexpr size_t kFrameBytes = 36;         // of a frame, before its pixels
inline constexpr size_t kImu6Bytes = 36;          // of a sample
inline constexpr size_t kImu9Bytes = 48;          // of a sample with a magnetic field
inline constexpr size_t kMostBytes = kImu9Bytes;  // of what may be cut

// 0 type | 2 source | 4 bytes of an event | 8 where in it its time is | 12 overflows of the clock
// 16 capacity | 20 events | 24 valid ones
struct PacketHeader {
  uint16_t type = 0;
  uint32_t size = 0;
  uint32_t overflow = 0;  // times 2^31 us
  uint32_t number = 0;

  // Takes byte `at` of a header.
  constexpr void put(size_t at, uint8_t byte) noexcept {
    const uint32_t shifted = uint32_t{byte} << 8 * (at % 4);
    if (at < 2) type = static_cast<uint16_t>(type | shifted);
    if (at / 4 == 1) size |= shifted;
    if (at / 4 == 3) overflow |= shifted;
    if (at / 4 == 5) number |= shifted;
  }
};

// u32 data | i32 time, microseconds
struct EventWords {
  uint32_t data;
  int32_t time;
};
inline EventWords load(const uint8_t* bytes) noexcept {
  EventWords event;
  std::memcpy(&event, bytes, sizeof(event));
  return event;
}

// u32 info, 0 valid | i32 time | f32 acceleration, g: x, y, z | f32 angular velocity, degrees/s: x,
// y, z | f32 temperature, degrees Celsius | of IMU9, f32 magnetic field, uT: x, y, z
struct SampleWords {
  uint32_t info;
  int32_t time;
  std::array<float, 3> accel, gyro;
  float temperature;
  std::array<float, 3> mag;
};
static_assert(sizeof(SampleWords) == kImu9Bytes);

// u32 info: 0 valid, 3..1 channels | i32 begin and end of the frame, then of its exposure | i32
// width, height | i32 left, top | pixels of 16 bits, row by row
struct FrameWords {
  uint32_t info;
  int32_t frame_begin, frame_end, begin, end, width, height, left, top;

  constexpr int16_t channels() const noexcept { return static_cast<int16_t>(info >> 1 & 7); }
};
static_assert(sizeof(FrameWords) == kFrameBytes);

constexpr bool is_valid(uint32_t data) noexcept { return (data & 1) != 0; }
// Special: 31..8 data | 7..1 type | 0 valid
constexpr uint32_t type(uint32_t data) noexcept { return data >> 1 & 0x7F; }

// Polarity: x above | y | 1 ON | 0 valid
struct Fields {
  uint32_t x_shift;
  uint32_t y_shift;
  uint32_t y_mask;

  constexpr int32_t x(uint32_t data) const noexcept {
    return static_cast<int32_t>(data >> x_shift);
  }
  constexpr int32_t y(uint32_t data) const noexcept {
    return static_cast<int32_t>(data >> y_shift & y_mask);
  }
};
inline constexpr Fields kFields30 = {.x_shift = 18, .y_shift = 4, .y_mask = 0x3FFF};
inline constexpr Fields kFields31 = {.x_shift = 17, .y_shift = 2, .y_mask = 0x7FFF};

}  // namespace evarrow::aedat
