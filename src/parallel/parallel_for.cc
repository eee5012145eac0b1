// SPDX-License-Identifier: Apache-2.0
#include "parallel/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <system_error>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "io/os_file.h"
#include "io/os_thread.h"

namespace evarrow {
namespace {

constexpr int kMostThreads = 256;

// The failure that comes first in order of the work, whichever thread met it first.
class FirstFailure {
 public:
  void set(size_t at, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (error_ == nullptr || at < at_) {
      at_ = at;
      error_ = std::move(error);
      stop_.store(true, std::memory_order_relaxed);
    }
  }
  bool stop() const noexcept { return stop_.load(std::memory_order_relaxed); }
  void rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> stop_{false};
  size_t at_ = 0;
  std::exception_ptr error_;
};

}  // namespace

void report_progress(const Progress& progress, double share) {
  if (progress && !progress(share)) throw Error(ErrorCode::kArgument, "interrupted");
}

void parallel_for(size_t count, int threads, const std::function<void(size_t)>& work,
                  const Progress& progress) {
  // Once in any case: the other threads may have done everything before this one begins.
  report_progress(progress, 0);
  std::atomic<size_t> next{0};
  FirstFailure failure;
  // Items are begun in order, so every item before a failed one is finished before it is judged.
  const auto run = [&](bool calling) {
    while (!failure.stop()) {
      const size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= count) return;
      try {
        if (calling) report_progress(progress, static_cast<double>(i) / static_cast<double>(count));
        work(i);
      } catch (...) {
        failure.set(i, std::current_exception());
      }
    }
  };
  const size_t helpers = std::min(static_cast<size_t>(std::max(threads, 1)), count);
  std::vector<Thread> pool;
  for (size_t i = 1; i < helpers; ++i) {
    try {
      pool.emplace_back([&run] { run(false); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those there are do the work
    }
  }
  run(true);
  for (Thread& thread : pool) thread.join();
  failure.rethrow();
}

int thread_count(int threads) noexcept {
  if (threads <= 0) {
    const char* variable = std::getenv("EVARROW_NUM_THREADS");
    threads = variable == nullptr ? 0 : static_cast<int>(std::strtol(variable, nullptr, 10));
  }
  return std::clamp(threads > 0 ? threads : processor_count(), 1, kMostThreads);
}

}  // namespace evarrow
