// SPDX-License-Identifier: Apache-2.0
// AEDAT 4 behind its first line; the XML alone gives fields.
#include "file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return evarrow::fuzz::fuzz_file("aedat4", "#!AER-DAT4.0\r\n", "1", {bytes, size});
}
