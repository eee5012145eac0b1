// SPDX-License-Identifier: Apache-2.0
// Choosing the instruction set that the loops use.
#pragma once

#include <cstdlib>
#include <string>

namespace evarrow::test {

inline constexpr const char* kLevels[] = {"scalar", "sse4", "avx2", "avx512"};

// Decoders that are made meanwhile use no more than this instruction set.
class AtLevel {
 public:
  explicit AtLevel(const char* level) {
    if (const char* before = std::getenv("EVARROW_TARGET")) before_ = before;
    setenv("EVARROW_TARGET", level, 1);
  }
  ~AtLevel() {
    if (before_.empty()) {
      unsetenv("EVARROW_TARGET");
    } else {
      setenv("EVARROW_TARGET", before_.c_str(), 1);
    }
  }
  AtLevel(const AtLevel&) = delete;
  AtLevel& operator=(const AtLevel&) = delete;

 private:
  std::string before_;
};

}  // namespace evarrow::test
