// SPDX-License-Identifier: Apache-2.0
// Text of any bytes, in the middle of which a unit of the scan ends: it is refused, or its rows
// come out, or lines of it are damaged. The first four bytes choose how it is read.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "both_ways.h"
#include "evarrow/error.h"

namespace evarrow::fuzz {
namespace {

constexpr size_t kUnit = 65'536;  // of a scan, bytes

void run(std::span<const uint8_t> input) {
  if (input.size() < 4) return;
  const uint8_t choices = input[0];
  const size_t cut = input[1] | static_cast<size_t>(input[2]) << 8;
  const size_t batch_size = size_t{1} + input[3];
  input = input.subspan(4);
  // Columns are named in front, so that the comment behind is a part of the data.
  std::string text = (choices & 32) != 0 ? "t,x,y,p\n" : "x y p t_ns\n";
  const size_t header = text.size();
  if ((choices & 64) != 0) {
    const size_t split = std::min(cut, input.size());
    text.append(header + kUnit - split - text.size() - 1, '#');
    text += '\n';
  }
  text.append(reinterpret_cast<const char*>(input.data()), input.size());
  Options options;
  options.format = "csv";
  options.on_error = (choices & 1) != 0 ? OnError::kIgnore : OnError::kRaise;
  options.sort = (choices & 2) != 0;
  options.threads = (choices & 4) != 0 ? 2 : 1;
  if ((choices & 8) != 0) options.resolution = Resolution{100, 100};
  if ((choices & 16) != 0) options.out_of_sensor = OutOfSensor::kDrop;
  try {
    const Recording recording =
        Recording::from_bytes(std::as_bytes(std::span(text)), nullptr, options);
    check_both_ways(recording, batch_size);
    Scan all = recording.scan();
    Reader reader = all.open();
    uint64_t rows = 0;
    for (Batch batch; reader.next(batch);) rows += batch.size();
    check(rows == recording.count(), "the count is that of the rows");
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
