// SPDX-License-Identifier: Apache-2.0
#include "parallel/in_order.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "parallel/parallel_for.h"

namespace evarrow {
namespace {

class Queue {
 public:
  explicit Queue(size_t slots) : made_(slots) {}

  // Waits until item `i` may have its slot; false if there is no use in it any more. The item that
  // is put next never waits, since its slot is that of one that was put.
  bool wait_for_slot(size_t i) {
    std::unique_lock lock(mutex_);
    while (!failed_ && i >= next_ + made_.size()) {
      ++waiting_;
      room_.wait(lock);
      --waiting_;
    }
    return !failed_;
  }

  // Item `i` is made: puts it and those made behind it, unless its turn has not come, or another
  // thread is at it and goes on with this one.
  template <typename Put>
  void made(size_t i, const Put& put) {
    std::unique_lock lock(mutex_);
    made_[i % made_.size()] = true;
    if (putting_) return;
    putting_ = true;
    while (!failed_ && made_[next_ % made_.size()]) {
      const size_t item = next_;
      lock.unlock();
      put(item, item % made_.size());
      lock.lock();
      made_[item % made_.size()] = false;
      ++next_;
      // A thread that is woken for every slot does little else than wake up.
      if (waiting_ != 0 && ++free_ * 2 >= made_.size()) wake();
    }
    putting_ = false;
    if (waiting_ != 0) wake();
  }

  void fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    room_.notify_all();
  }

 private:
  void wake() {
    free_ = 0;
    room_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<bool> made_;  // by slot
  size_t next_ = 0;         // the item to be put
  size_t waiting_ = 0;      // threads
  size_t free_ = 0;         // slots that became free since they were woken
  bool putting_ = false;
  bool failed_ = false;
};

}  // namespace

size_t slots_in_order(int threads) noexcept {
  return threads <= 1 ? 1 : static_cast<size_t>(threads) * 4;
}

void parallel_in_order(size_t count, int threads,
                       const std::function<void(size_t i, size_t slot)>& make,
                       const std::function<void(size_t i, size_t slot)>& put) {
  const size_t slots = slots_in_order(threads);
  Queue queue(slots);
  parallel_for(count, threads, [&](size_t i) {
    if (!queue.wait_for_slot(i)) return;
    try {
      make(i, i % slots);
      queue.made(i, put);
    } catch (...) {
      queue.fail();
      throw;
    }
  });
}

}  // namespace evarrow
