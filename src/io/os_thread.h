// SPDX-License-Identifier: Apache-2.0
// Threads with small stacks: a limit on a process's memory counts the whole of each.
#pragma once

#include <pthread.h>

#include <functional>

namespace evarrow {

class Thread {
 public:
  Thread() = default;
  // Throws std::system_error if there are no more threads to be had. `work` must not throw.
  explicit Thread(std::function<void()> work);
  ~Thread();  // joins
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;

  bool joinable() const noexcept { return running_; }
  void join() noexcept;
  // Forgets a thread that stayed behind in the process this one was forked from.
  void forget() noexcept { running_ = false; }

 private:
  pthread_t thread_{};
  bool running_ = false;
};

}  // namespace evarrow
