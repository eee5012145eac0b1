// SPDX-License-Identifier: Apache-2.0
// Messages of the types sensor_msgs/msg/Imu and sensor_msgs/msg/Image, as CDR has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/encoder.h"

namespace evarrow::ros {

inline constexpr std::string_view kImuType = "sensor_msgs/msg/Imu";
inline constexpr std::string_view kImageType = "sensor_msgs/msg/Image";

// Their fields, in the notation of ROS; those of their headers follow.
inline constexpr std::string_view kImuFieldsText =
    "std_msgs/Header header\n"
    "geometry_msgs/Quaternion orientation\n"
    "float64[9] orientation_covariance\n"
    "geometry_msgs/Vector3 angular_velocity\n"
    "float64[9] angular_velocity_covariance\n"
    "geometry_msgs/Vector3 linear_acceleration\n"
    "float64[9] linear_acceleration_covariance\n"
    "================================================================================\n"
    "MSG: geometry_msgs/Quaternion\n"
    "float64 x 0\n"
    "float64 y 0\n"
    "float64 z 0\n"
    "float64 w 1\n"
    "================================================================================\n"
    "MSG: geometry_msgs/Vector3\n"
    "float64 x\n"
    "float64 y\n"
    "float64 z\n";
inline constexpr std::string_view kImageFieldsText =
    "std_msgs/Header header\n"
    "uint32 height\n"
    "uint32 width\n"
    "string encoding\n"
    "uint8 is_bigendian\n"
    "uint32 step\n"
    "uint8[] data\n";

// Appends row `i` of samples. What was not measured is said to be unknown.
void append_imu(const std::string& frame_id, const Batch& samples, size_t i,
                std::vector<std::byte>& out);

// Appends a frame, whose pixels have the encoding.
void append_image(const std::string& frame_id, const Picture& picture, std::string_view encoding,
                  std::vector<std::byte>& out);

}  // namespace evarrow::ros
