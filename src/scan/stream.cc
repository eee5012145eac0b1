// SPDX-License-Identifier: Apache-2.0
#include "scan/stream.h"

#include <algorithm>
#include <string>

#include "evarrow/error.h"

namespace evarrow {

const Stream& find_stream(const Format& format, std::string_view name) {
  if (std::ranges::find(format.streams, name) != format.streams.end()) {
    const Stream* stream = stream_called(name);
    if (stream != nullptr) return *stream;
  }
  std::string known;
  for (const std::string_view stream : format.streams) {
    if (!known.empty()) known += ", ";
    known += stream;
  }
  throw Error(ErrorCode::kArgument, "there is no stream '" + std::string(name) + "' in " +
                                        std::string(format.name) + " recordings: use one of " +
                                        known);
}

}  // namespace evarrow
