// SPDX-License-Identifier: Apache-2.0
// Exceptions as the errno and the message of a C interface.
#pragma once

#include <cerrno>
#include <exception>
#include <new>
#include <string>

#include "evarrow/error.h"

namespace evarrow {

// What the last failed call has to say. Nothing here throws.
class Failure {
 public:
  // Keeps the message and returns `code`.
  int set(int code, const char* message) noexcept {
    code_ = code;
    text_ = nullptr;
    try {
      message_ = message;
    } catch (...) {
      return set_fixed(code, "there was no memory left to say what went wrong");
    }
    return code;
  }

  // As set(), for a text that lives forever: nothing is allocated.
  int set_fixed(int code, const char* message) noexcept {
    code_ = code;
    text_ = message;
    return code;
  }

  int code() const noexcept { return code_; }  // 0: nothing has failed
  const char* message() const noexcept { return text_ != nullptr ? text_ : message_.c_str(); }

 private:
  int code_ = 0;
  const char* text_ = nullptr;  // in place of message_
  std::string message_;
};

// Runs `work` and returns 0, or an errno where it threw.
template <typename Work>
int guarded(Failure& failure, Work work) noexcept {
  try {
    work();
    return 0;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kSystem) return failure.set(EINVAL, error.what());
    return failure.set(error.os_error() != 0 ? error.os_error() : EIO, error.what());
  } catch (const std::bad_alloc&) {
    return failure.set_fixed(ENOMEM, "out of memory");
  } catch (const std::exception& error) {
    return failure.set(EINVAL, error.what());
  } catch (...) {
    return failure.set_fixed(EINVAL, "unknown error");
  }
}

}  // namespace evarrow
