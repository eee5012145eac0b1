// SPDX-License-Identifier: Apache-2.0
// Windows in the order in which a pass meets them, and those who fill their arrays.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "evarrow/representation.h"
#include "representations/blocks.h"

namespace evarrow {

// One window in a pass.
struct Step {
  Window window;
  uint64_t begin = 0, end = 0;  // the rows that its accumulator gets
  uint64_t fresh = 0;           // rows before this one belonged to a step before
  size_t slot = 0;              // the number of its array
};
std::vector<Step> make_steps(const Representation& what, const Windows& windows);

// An accumulator and what it works with, for one window at a time.
class Worker {
 public:
  Worker(const Representation& what, const Target& target, Outside outside);

  void begin(const Step& step);
  // Joins others that fill the same array, each from rows of its own.
  void join(const Step& step, const Worker& first, uint64_t row);
  // Begins the same window in an array of its own, for `absorb`.
  void begin_apart(const Step& step, uint64_t row);
  uint64_t add(const CountedColumns& events, size_t begin, size_t end, size_t fresh);
  void flush() { accumulator_->flush(); }
  void finish();
  std::vector<int64_t> cuts() const { return accumulator_->cuts(); }
  bool absorbs() const { return accumulator_->absorbs(); }
  void absorb(const Worker& later) { accumulator_->absorb(*later.accumulator_); }

 private:
  const Representation& what_;
  Target target_;
  Blocks blocks_;
  std::unique_ptr<Accumulator> accumulator_;
  std::vector<std::byte> own_;    // an array for a target that takes arrays
  std::vector<std::byte> apart_;  // an array that another one absorbs
  std::vector<std::byte> spare_;  // an array of the representation's own type, where it is another
  size_t number_ = 0;             // of the array
  uint64_t row_ = 0;              // of the window, that comes next
  std::byte* out_ = nullptr;      // of the array, in the type of the target
  std::byte* array_ = nullptr;    // what the accumulator fills: `out_` or the spare one
};

// Workers that are not at work.
class Workers {
 public:
  Workers(Representation what, Target target, Outside outside)
      : what_(std::move(what)), target_(std::move(target)), outside_(outside) {}

  std::unique_ptr<Worker> take();
  void give(std::unique_ptr<Worker> worker);

 private:
  Representation what_;
  Target target_;
  Outside outside_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace evarrow
