// SPDX-License-Identifier: Apache-2.0
// The Error that a call throws, as a value.
#pragma once

#include <optional>

#include "evarrow/error.h"

namespace evarrow::test {

template <typename Call>
std::optional<Error> error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace evarrow::test
