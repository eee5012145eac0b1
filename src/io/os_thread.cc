// SPDX-License-Identifier: Apache-2.0
#include "io/os_thread.h"

#include <memory>
#include <system_error>
#include <utility>

namespace evarrow {
namespace {

constexpr size_t kStackBytes = size_t{1} << 20;

void* run(void* argument) {
  const std::unique_ptr<std::function<void()>> work(static_cast<std::function<void()>*>(argument));
  (*work)();
  return nullptr;
}

}  // namespace

Thread::Thread(std::function<void()> work) {
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error == 0) {
    error = pthread_attr_setstacksize(&attributes, kStackBytes);
    if (error == 0) error = pthread_create(&thread_, &attributes, run, owned.get());
    pthread_attr_destroy(&attributes);
  }
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start a thread");
  [[maybe_unused]] const auto* the_threads = owned.release();
  running_ = true;
}

Thread::~Thread() { join(); }

Thread::Thread(Thread&& other) noexcept
    : thread_(other.thread_), running_(std::exchange(other.running_, false)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  join();
  thread_ = other.thread_;
  running_ = std::exchange(other.running_, false);
  return *this;
}

void Thread::join() noexcept {
  if (std::exchange(running_, false)) pthread_join(thread_, nullptr);
}

}  // namespace evarrow
