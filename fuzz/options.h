// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: choices out of the first bytes of an input, and checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "evarrow/event.h"

namespace evarrow::fuzz {

// Ends the program, which is how a fuzzer is told that it has found something.
inline void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "check failed: %s\n", what);
  std::abort();
}

// The first bytes of an input say how it is run, the rest is what is run. Where an input is too
// short, all choices are 0.
class Choices {
 public:
  static constexpr size_t kBytes = 16;

  explicit Choices(std::span<const uint8_t> input)
      : head_(input.first(input.size() < kBytes ? 0 : kBytes)),
        rest_(std::as_bytes(input.subspan(head_.size()))) {}

  uint32_t byte() noexcept { return at_ < head_.size() ? head_[at_++] : 0U; }
  bool flag() noexcept { return (byte() & 1) != 0; }
  // From 0 on and below `end`, which is at most 65536.
  uint32_t below(uint32_t end) noexcept {
    const uint32_t low = byte();
    return (low | byte() << 8) % end;
  }

  Bytes rest() const noexcept { return rest_; }

 private:
  std::span<const uint8_t> head_;
  Bytes rest_;
  size_t at_ = 0;
};

}  // namespace evarrow::fuzz
