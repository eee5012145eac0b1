// SPDX-License-Identifier: Apache-2.0
// AEDAT 4: a file of any bytes behind the first line is refused, or its rows come out, or they are
// damaged; the XML alone gives fields. The first byte chooses how it is read.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "both_ways.h"
#include "evarrow/error.h"

namespace evarrow::fuzz {
namespace {

constexpr std::string_view kMagic = "#!AER-DAT4.0\r\n";

void run(std::span<const uint8_t> input) {
  if (input.empty()) return;
  const uint8_t choices = input.front();
  input = input.subspan(1);
  std::string file(kMagic);
  file.append(reinterpret_cast<const char*>(input.data()), input.size());
  Options options;
  options.format = "aedat4";
  options.on_error = (choices & 1) != 0 ? OnError::kIgnore : OnError::kRaise;
  options.sort = (choices & 2) != 0;
  options.threads = (choices & 4) != 0 ? 2 : 1;
  if ((choices & 8) != 0) options.out_of_sensor = OutOfSensor::kDrop;
  if ((choices & 16) != 0) options.sensor = "1";
  try {
    const Recording recording =
        Recording::from_bytes(std::as_bytes(std::span(file)), nullptr, options);
    check_both_ways(recording, size_t{1} << (choices >> 5));
    (void)recording.scan("triggers").read();
    (void)recording.count();
  } catch (const Error&) {
    return;  // it is refused, or damaged
  }
}

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  evarrow::fuzz::run({bytes, size});
  return 0;
}
