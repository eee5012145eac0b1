// SPDX-License-Identifier: Apache-2.0
// Rows encoded on several threads: in pieces of a fixed number of rows, put together in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "evarrow/machine.h"
#include "parallel/parallel_for.h"

namespace evarrow {

// What was made of the front of a piece: up to a row that takes more care.
struct Encoded {
  size_t end = 0;    // the row behind the last one
  size_t bytes = 0;  // how many they became
};

class Pieces {
 public:
  static constexpr size_t kRows = 16'384;  // of a piece: its bytes stay in the processor's cache
  static constexpr size_t kSlack = 64;     // bytes that may be written past the end

  // `threads` as in EncodeOptions.
  explicit Pieces(int threads) : threads_(thread_count(threads)) {}

  // Appends to `out` what encode(begin, end, to, goes_on) makes of rows [begin, end), piece by
  // piece, or, if it `goes_on`, of what a difficult row has left of a piece. It
  // writes up to `most` bytes a row, and kSlack, to `to` and returns an Encoded. The row that it
  // stopped at, if any, is for difficult(row, end): that appends it to `out` itself, with rows
  // behind it if it likes, and returns the next row; or throws.
  template <typename Encode, typename Difficult>
  void append(size_t begin, size_t end, size_t most, std::vector<std::byte>& out,
              const Encode& encode, const Difficult& difficult) {
    const size_t room = kRows * most + kSlack;
    const size_t count = (end - begin + kRows - 1) / kRows;
    // As many at a time as bound the memory.
    const size_t at_once = std::min<size_t>(count, static_cast<size_t>(threads_) * 4);
    if (buffers_.size() < at_once) buffers_.resize(at_once);
    for (size_t first = 0; first < count; first += at_once) {
      const size_t now = std::min(at_once, count - first);
      const auto begin_of = [&](size_t i) { return begin + (first + i) * kRows; };
      const auto end_of = [&](size_t i) { return std::min(begin_of(i) + kRows, end); };
      parallel_for(now, threads_, [&](size_t i) {
        Buffer& buffer = buffers_[i];
        if (buffer.room < room) buffer = {.bytes = make_room(room), .room = room, .done = {}};
        buffer.done = encode(begin_of(i), end_of(i), buffer.bytes.get(), false);
      });
      for (size_t i = 0; i < now; ++i) {
        Buffer& buffer = buffers_[i];
        while (true) {
          const std::byte* bytes = buffer.bytes.get();
          out.insert(out.end(), bytes, bytes + buffer.done.bytes);
          const size_t row = buffer.done.end;
          if (row == end_of(i)) break;
          buffer.done = encode(difficult(row, end_of(i)), end_of(i), buffer.bytes.get(), true);
        }
      }
    }
  }

 private:
  struct Buffer {
    std::unique_ptr<std::byte[]> bytes;
    size_t room = 0;
    Encoded done;
  };

  static std::unique_ptr<std::byte[]> make_room(size_t bytes) {
    return std::make_unique_for_overwrite<std::byte[]>(bytes);
  }

  int threads_;
  std::vector<Buffer> buffers_;
};

}  // namespace evarrow
