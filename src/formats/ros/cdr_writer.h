// SPDX-License-Identifier: Apache-2.0
// The values of a message as ROS 2 puts them in bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/encoding.h"
#include "formats/ros/mcap_words.h"

namespace evarrow::ros {

inline constexpr uint64_t kNanoseconds = 1000;  // of a microsecond

// The fields of std_msgs/Header, in the notation of ROS, behind those of a type that has one.
inline constexpr std::string_view kHeaderFields =
    "================================================================================\n"
    "MSG: std_msgs/Header\n"
    "builtin_interfaces/Time stamp\n"
    "string frame_id\n"
    "================================================================================\n"
    "MSG: builtin_interfaces/Time\n"
    "int32 sec\n"
    "uint32 nanosec\n";

// Values of a message, each aligned to its own size.
class CdrWriter {
 public:
  explicit CdrWriter(std::vector<std::byte>& out) : out_(out) {
    append_word(out_, uint32_t{0x100});  // CDR, little-endian, no options
    begin_ = out_.size();
  }

  template <typename T>
  void number(T value) {
    out_.resize(out_.size() + (sizeof(T) - (out_.size() - begin_) % sizeof(T)) % sizeof(T));
    append_word(out_, value);
  }
  void sequence(Bytes bytes) {
    number(static_cast<uint32_t>(bytes.size()));
    append_bytes(out_, bytes);
  }
  // With the 0 behind it.
  void text(const std::string& text) { sequence(bytes_of({text.c_str(), text.size() + 1})); }
  // A std_msgs/Header of the time `t`, microseconds.
  void header(int64_t t, const std::string& frame_id) {
    constexpr int64_t kSecond = 1'000'000;  // microseconds
    number(static_cast<int32_t>(t / kSecond));
    number(static_cast<uint32_t>(t % kSecond * static_cast<int64_t>(kNanoseconds)));
    text(frame_id);
  }

 private:
  std::vector<std::byte>& out_;
  size_t begin_;
};

}  // namespace evarrow::ros
