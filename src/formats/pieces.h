// SPDX-License-Identifier: Apache-2.0
// Rows encoded on several threads: in pieces of a fixed number of rows, put together in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "evarrow/encoded_bytes.h"
#include "evarrow/machine.h"
#include "parallel/in_order.h"

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
  void append(size_t begin, size_t end, size_t most, EncodedBytes& out, const Encode& encode,
              const Difficult& difficult) {
    const size_t room = kRows * most + kSlack;
    buffers_.resize(slots_in_order(threads_));
    const auto begin_of = [&](size_t i) { return begin + i * kRows; };
    const auto end_of = [&](size_t i) { return std::min(begin_of(i) + kRows, end); };
    const auto make = [&](size_t i, size_t slot) {
      Buffer& buffer = buffers_[slot];
      if (buffer.room < room) buffer = {.bytes = make_room(room), .room = room, .done = {}};
      buffer.done = encode(begin_of(i), end_of(i), buffer.bytes.get(), false);
    };
    const auto put = [&](size_t i, size_t slot) {
      Buffer& buffer = buffers_[slot];
      while (true) {
        out.append({buffer.bytes.get(), buffer.done.bytes});
        const size_t row = buffer.done.end;
        if (row == end_of(i)) break;
        buffer.done = encode(difficult(row, end_of(i)), end_of(i), buffer.bytes.get(), true);
      }
    };
    parallel_in_order((end - begin + kRows - 1) / kRows, threads_, make, put);
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
