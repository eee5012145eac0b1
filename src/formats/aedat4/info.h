// SPDX-License-Identifier: Apache-2.0
// What an AEDAT 4 file says of its streams, in a piece of XML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evarrow::aedat4 {

using Fields = std::vector<std::pair<std::string, std::string>>;

// One stream of packets.
struct StreamInfo {
  int32_t id = 0;
  std::string type;    // such as "EVTS"
  std::string name;    // what the program that recorded it called it, such as "events"
  std::string source;  // camera and serial number, such as "DVXplorer_DXB00010"
  int32_t width = 0;   // pixels; 0 where unknown
  int32_t height = 0;
};

struct Info {
  std::vector<StreamInfo> streams;  // in order of their numbers
  Fields fields;                    // every attribute: "0/info/sizeX", "346"
};

// Reads nodes and attributes; what is not one of these is passed over, and nothing is expanded but
// the five entities that XML itself has. A text that ends too early gives what it had.
Info read_info(std::string_view xml);

}  // namespace evarrow::aedat4
