// SPDX-License-Identifier: Apache-2.0
// A whole file of any bytes behind the few that it is known by: it is refused, or its rows come
// out, or they are damaged. The first byte of an input chooses how it is read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "both_ways.h"
#include "evarrow/error.h"
#include "evarrow/stream.h"

namespace evarrow::fuzz {

// The pixels of a few frames.
inline void look_at(const Recording& recording, const Batch& frames) {
  for (size_t i = 0; i < std::min<size_t>(frames.size(), 4); ++i) {
    const FramePlace place = frame_place(frames, i);
    check(recording.image(place).size() == place.bytes(), "all pixels of a frame are there");
  }
}

inline int fuzz_file(std::string_view format, std::string_view magic, const char* sensor,
                     std::span<const uint8_t> input) {
  if (input.empty()) return 0;
  const uint8_t choices = input.front();
  input = input.subspan(1);
  std::string file(magic);
  file.append(reinterpret_cast<const char*>(input.data()), input.size());
  Options options;
  options.format = format;
  options.on_error = (choices & 1) != 0 ? OnError::kIgnore : OnError::kRaise;
  options.sort = (choices & 2) != 0;
  options.threads = (choices & 4) != 0 ? 2 : 1;
  if ((choices & 8) != 0) options.out_of_sensor = OutOfSensor::kDrop;
  if ((choices & 16) != 0) options.sensor = sensor;
  try {
    const Recording recording =
        Recording::from_bytes(std::as_bytes(std::span(file)), nullptr, options);
    const Validation found = validate(recording);
    check(found.damaged <= !found.findings.empty(), "what is damaged is said");
    check_both_ways(recording, size_t{1} << (choices >> 5));
    for (const std::string_view stream : recording.format().streams) {
      const Batch rows = recording.scan(stream).read();
      if (stream == "frames") look_at(recording, rows);
    }
    (void)recording.count();
  } catch (const Error&) {
    return 0;  // it is refused, or damaged
  }
  return 0;
}

}  // namespace evarrow::fuzz
