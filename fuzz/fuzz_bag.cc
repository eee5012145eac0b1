// SPDX-License-Identifier: Apache-2.0
// Bags of ROS 1.
#include "file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return evarrow::fuzz::fuzz_file("rosbag", "#ROSBAG V2.0\n", "right", {bytes, size});
}
