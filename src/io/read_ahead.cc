// SPDX-License-Identifier: Apache-2.0
#include "io/read_ahead.h"

#include <algorithm>

#include "io/os_file.h"

namespace evarrow {

ReadAhead::ReadAhead(Source& source, uint64_t begin, uint64_t end, size_t block)
    : source_(source),
      end_(end),
      block_(block),
      process_(process_id()),
      next_(begin),
      thread_([this, begin] { run(begin); }) {}

ReadAhead::~ReadAhead() {
  if (process_ != process_id()) {
    thread_.forget();  // it stayed in the process this one was forked from
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool ReadAhead::is_next(uint64_t offset) const noexcept {
  return process_ == process_id() && offset == next_ && next_ < end_;
}

size_t ReadAhead::size_at(uint64_t offset) const noexcept {
  return static_cast<size_t>(std::min<uint64_t>(block_, end_ - offset));
}

Bytes ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filled_ > taken_; });
  const Block& block = blocks_[taken_ % kBuffers];
  ++taken_;  // so that the block before may be filled again
  lock.unlock();
  changed_.notify_one();
  next_ += size_at(next_);
  if (block.failure != nullptr) std::rethrow_exception(block.failure);
  return block.bytes;
}

void ReadAhead::run(uint64_t begin) noexcept {
  for (uint64_t at = begin; at < end_; at += size_at(at)) {
    {
      std::unique_lock lock(mutex_);
      // One buffer is the caller's.
      changed_.wait(lock, [this] { return stop_ || filled_ + 1 < taken_ + kBuffers; });
      if (stop_) return;
    }
    Block& block = blocks_[filled_ % kBuffers];  // only this thread changes filled_
    try {
      block.bytes = source_.read(at, size_at(at), block.scratch);
    } catch (...) {
      block.failure = std::current_exception();
    }
    const bool failed = block.failure != nullptr;
    {
      const std::lock_guard lock(mutex_);
      ++filled_;
    }
    changed_.notify_one();
    if (failed) return;
  }
}

}  // namespace evarrow
