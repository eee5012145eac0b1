// SPDX-License-Identifier: Apache-2.0
// The next blocks of a file, read by a thread while the caller works on this one.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>

#include "io/os_thread.h"
#include "io/source.h"

namespace evarrow {

class ReadAhead {
 public:
  // Blocks of `block` bytes from `begin` to `end` of a source that is not sequential, the last one
  // shorter. Throws std::system_error if there are no more threads to be had.
  ReadAhead(Source& source, uint64_t begin, uint64_t end, size_t block);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Whether the next block begins here.
  bool is_next(uint64_t offset) const noexcept;
  // The next block, valid until the next call. Throws what reading it threw.
  Bytes next();

 private:
  // The caller works on one while two are filled.
  static constexpr size_t kBuffers = 3;

  struct Block {
    Scratch scratch;
    Bytes bytes;
    std::exception_ptr failure;
  };

  void run(uint64_t begin) noexcept;
  size_t size_at(uint64_t offset) const noexcept;

  Source& source_;
  uint64_t end_;
  size_t block_;
  uint64_t process_;
  uint64_t next_;  // where the next block that the caller gets begins
  std::array<Block, kBuffers> blocks_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  uint64_t filled_ = 0;  // blocks
  uint64_t taken_ = 0;   // of these, given to the caller
  bool stop_ = false;
  Thread thread_;  // the last member, so that all others are there when it begins
};

}  // namespace evarrow
