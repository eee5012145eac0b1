// SPDX-License-Identifier: Apache-2.0
// The one exception of the library. It is thrown at cold edges only; decoders count faults instead.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace evarrow {

enum class ErrorCode : uint8_t {
  kArgument,  // a call that makes no sense: Python's ValueError
  kSystem,    // the operating system said no; `os_error` is its errno: Python's OSError
  kFormat,    // not a recording, or a header that cannot be used: evarrow.FormatError
  kDamaged,   // the payload is damaged, at `offset`: evarrow.DamagedError
  kChanged,   // the file is no longer the one that was opened: evarrow.ChangedError
};

class Error : public std::runtime_error {
 public:
  static constexpr uint64_t kNoOffset = ~uint64_t{0};

  // `message` says in one sentence what was expected, what was found and what to do.
  Error(ErrorCode code, const std::string& message, uint64_t offset = kNoOffset, int os_error = 0)
      : std::runtime_error(message), code_(code), os_error_(os_error), offset_(offset) {}

  ErrorCode code() const noexcept { return code_; }
  int os_error() const noexcept { return os_error_; }
  // Byte offset in the file, or kNoOffset.
  uint64_t offset() const noexcept { return offset_; }

 private:
  ErrorCode code_;
  int os_error_;
  uint64_t offset_;
};

}  // namespace evarrow
