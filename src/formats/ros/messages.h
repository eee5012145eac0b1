// SPDX-License-Identifier: Apache-2.0
// The messages that hold events, and what their fronts say; and those of an IMU and of a camera.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/ros/wire.h"

namespace evarrow::ros {

// A packet: an encoding of its own. An array: an event behind the other. The IMU's: a sample. An
// image: a frame.
enum class Kind : uint8_t { kOther, kPacket, kArray, kImu, kImage };

constexpr bool holds_events(Kind kind) noexcept {
  return kind == Kind::kPacket || kind == Kind::kArray;
}

// Of a type such as dvs_msgs/EventArray or event_camera_msgs/msg/EventPacket.
Kind kind_of(std::string_view type) noexcept;

// No front is longer than this, unless the names in it are.
inline constexpr size_t kFrontBytes = 4096;

// What comes before the events of a message.
struct Front {
  std::string frame;  // of reference: the camera, often
  uint32_t width = 0, height = 0;
  uint64_t sequence = 0;
  uint64_t time_base = 0;  // nanoseconds; of packets
  std::string encoding;    // of packets
  bool is_big_endian = false;
  uint64_t begin = 0;                 // of the events, within the message
  uint64_t count = 0;                 // bytes of a packet, events of an array
  std::array<std::byte, 13> first{};  // the first event of an array; zeros if there is none
};

// Nothing if `bytes`, the message or as much of it as a front may have, are no such message.
std::optional<Front> read_front(Kind kind, Wire wire, Bytes bytes);

// A message sensor_msgs/Imu, in the units of the stream `imu`; NaN where it says that nothing was
// measured.
struct ImuSample {
  uint32_t seconds = 0;
  uint32_t nanoseconds = 0;
  std::array<double, 3> accel{};
  std::array<double, 3> gyro{};
};

// Nothing if `bytes` are no such message.
std::optional<ImuSample> read_imu(Wire wire, Bytes bytes);

// What comes before the pixels of a message sensor_msgs/Image.
struct ImageFront {
  uint32_t seconds = 0;
  uint32_t nanoseconds = 0;
  uint32_t width = 0, height = 0;
  std::string encoding;
  bool is_big_endian = false;
  uint32_t step = 0;   // bytes from a row of pixels to the next
  uint64_t begin = 0;  // of the pixels, within the message
  uint64_t count = 0;  // bytes of them
};

// Nothing if `bytes`, the message or as much of it as a front may have, are no such message.
std::optional<ImageFront> read_image_front(Wire wire, Bytes bytes);

}  // namespace evarrow::ros
