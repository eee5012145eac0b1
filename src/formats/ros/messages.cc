// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/messages.h"

#include <algorithm>
#include <limits>

namespace evarrow::ros {
namespace {

struct StdHeader {
  uint32_t sequence = 0;  // of ROS 1
  uint32_t seconds = 0;
  uint32_t nanoseconds = 0;
  std::string_view frame;
};

// u32 seconds | u32 nanoseconds | frame, and in ROS 1 a number before them
StdHeader read_std_header(WireReader& reader, Wire wire) {
  StdHeader header;
  if (wire == Wire::kRos1) header.sequence = reader.number<uint32_t>();
  header.seconds = reader.number<uint32_t>();
  header.nanoseconds = reader.number<uint32_t>();
  header.frame = reader.text();
  return header;
}

// Three numbers behind which their covariances are, of which the first is -1 if the numbers mean
// nothing.
std::array<double, 3> read_measured(WireReader& reader) {
  constexpr size_t kCovariances = 9;
  std::array<double, 3> numbers{};
  for (double& number : numbers) number = reader.number<double>();
  const bool is_unknown = reader.number<double>() == -1;
  for (size_t i = 1; i < kCovariances; ++i) (void)reader.number<double>();
  if (is_unknown) numbers.fill(std::numeric_limits<double>::quiet_NaN());
  return numbers;
}

}  // namespace

Kind kind_of(std::string_view type) noexcept {
  const size_t slash = type.find('/');
  if (slash == std::string_view::npos) return Kind::kOther;
  const std::string_view package = type.substr(0, slash);
  const std::string_view name = type.substr(type.rfind('/') + 1);
  if (package == "sensor_msgs") {
    return name == "Imu" ? Kind::kImu : name == "Image" ? Kind::kImage : Kind::kOther;
  }
  if (name == "EventPacket" && package == "event_camera_msgs") return Kind::kPacket;
  if (name != "EventArray") return Kind::kOther;
  if (package == "event_array_msgs") return Kind::kPacket;  // what came before event_camera_msgs
  const bool is_array = package == "dvs_msgs" || package == "prophesee_event_msgs";
  return is_array ? Kind::kArray : Kind::kOther;
}

std::optional<Front> read_front(Kind kind, Wire wire, Bytes bytes) {
  WireReader reader(bytes, wire);
  Front front;
  const StdHeader header = read_std_header(reader, wire);
  front.sequence = header.sequence;
  front.frame = header.frame;
  front.height = reader.number<uint32_t>();
  front.width = reader.number<uint32_t>();
  if (kind == Kind::kPacket) {
    front.sequence = reader.number<uint64_t>();
    front.time_base = reader.number<uint64_t>();
    front.encoding = reader.text();
    front.is_big_endian = reader.number<uint8_t>() != 0;
  }
  front.count = reader.number<uint32_t>();
  front.begin = reader.position();
  const Bytes rest = reader.rest();
  if (kind == Kind::kArray) {
    std::copy_n(rest.begin(), std::min(rest.size(), front.first.size()), front.first.begin());
  }
  // Numbers in the other order would be other records of events.
  const bool is_array_turned = kind == Kind::kArray && reader.is_swapped();
  if (!reader.is_good() || is_array_turned) return {};
  return front;
}

std::optional<ImuSample> read_imu(Wire wire, Bytes bytes) {
  constexpr size_t kOrientation = 4 + 9;  // with its covariances
  WireReader reader(bytes, wire);
  ImuSample sample;
  const StdHeader header = read_std_header(reader, wire);
  sample.seconds = header.seconds;
  sample.nanoseconds = header.nanoseconds;
  for (size_t i = 0; i < kOrientation; ++i) (void)reader.number<double>();
  sample.gyro = read_measured(reader);
  sample.accel = read_measured(reader);
  if (!reader.is_good()) return {};
  return sample;
}

std::optional<ImageFront> read_image_front(Wire wire, Bytes bytes) {
  WireReader reader(bytes, wire);
  ImageFront front;
  const StdHeader header = read_std_header(reader, wire);
  front.seconds = header.seconds;
  front.nanoseconds = header.nanoseconds;
  front.height = reader.number<uint32_t>();
  front.width = reader.number<uint32_t>();
  front.encoding = reader.text();
  front.is_big_endian = reader.number<uint8_t>() != 0;
  front.step = reader.number<uint32_t>();
  front.count = reader.number<uint32_t>();
  front.begin = reader.position();
  if (!reader.is_good()) return {};
  return front;
}

}  // namespace evarrow::ros
