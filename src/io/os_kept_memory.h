// SPDX-License-Identifier: Apache-2.0
// Pages of large buffers that are no longer used, for the large buffers to come.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

namespace evarrow {

constexpr size_t kHugePage = size_t{2} << 20;

// Clearing fresh pages takes the system about as long as decoding takes us: whoever reads one
// recording after the other, or window after window, pays it once. The system is told that it may
// take the pages back whenever it is short of memory. They are not unmapped at the end, since
// buffers may be freed after everything else.
class KeptMemory {
 public:
  constexpr explicit KeptMemory(size_t most_bytes) noexcept : most_bytes_(most_bytes) {}

  // `size` bytes, in whole pages, on a huge page boundary and with any content; or null.
  std::byte* take(size_t size) noexcept;

  // Keeps whole pages that begin on a huge page boundary; false if they are one piece too many.
  bool give(std::byte* begin, size_t size) noexcept;

 private:
  struct Piece {
    std::byte* begin = nullptr;
    size_t size = 0;
  };

  size_t most_bytes_;
  std::mutex mutex_;
  std::array<Piece, 16> pieces_{};
  size_t bytes_ = 0;
};

}  // namespace evarrow
