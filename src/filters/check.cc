// SPDX-License-Identifier: Apache-2.0
#include "filters/check.h"

#include <string>

#include "evarrow/error.h"

namespace evarrow {

void check_span(int64_t span, std::string_view name, int64_t least) {
  if (span >= least && span <= INT64_MAX / 2) return;
  throw Error(ErrorCode::kArgument, std::string(name) + " must be " + std::to_string(least) +
                                        " us or longer, not " + std::to_string(span) + " us");
}

void check_range(int64_t value, std::string_view name, int64_t least, int64_t most) {
  if (value >= least && value <= most) return;
  throw Error(ErrorCode::kArgument, std::string(name) + " must be between " +
                                        std::to_string(least) + " and " + std::to_string(most) +
                                        ", not " + std::to_string(value));
}

}  // namespace evarrow
