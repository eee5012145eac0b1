// SPDX-License-Identifier: Apache-2.0
// A made-up recording that looks like one: a scene with edges moves over a sensor with noise.
#pragma once

#include <cstdint>
#include <memory>

#include "evarrow/event.h"

namespace evarrow {

struct SampleOptions {
  int32_t width = 640;           // pixels, 8 to 2048
  int32_t height = 480;          // pixels, 8 to 2048
  int64_t duration = 1'000'000;  // microseconds
  uint64_t seed = 0;
};

// The events of the sample, in order of time, a batch at a time; the same for equal options on
// every machine.
class SampleScene {
 public:
  explicit SampleScene(const SampleOptions& options);  // throws Error(kArgument)
  ~SampleScene();
  SampleScene(SampleScene&&) noexcept;
  SampleScene& operator=(SampleScene&&) noexcept;

  // Replaces the rows of `batch` by the next ones. False when the duration is over.
  bool next(EventBatch& batch);
  // Replaces the rows of `batch` (kTriggerFields): a 30 Hz frame signal on input 0, its rising and
  // falling edges up to the time of the last event given out.
  void triggers(Batch& batch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
