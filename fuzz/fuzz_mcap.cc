// SPDX-License-Identifier: Apache-2.0
// MCAP files, which the messages of a database become as well.
#include "file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return evarrow::fuzz::fuzz_file("mcap", "\x89MCAP0\r\n", "right", {bytes, size});
}
