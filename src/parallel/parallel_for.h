// SPDX-License-Identifier: Apache-2.0
// Work shared out to threads that live only as long as the call.
#pragma once

#include <cstddef>
#include <functional>

#include "evarrow/recording.h"

namespace evarrow {

// Calls `work(i)` for every i in [0, count), on the calling thread and up to `threads` - 1 others.
// The first exception in order of i stops the rest and is thrown. `progress`, if set, is called on
// the calling thread only, with the share of calls begun; if it says false, Error(kArgument,
// "interrupted") is thrown.
void parallel_for(size_t count, int threads, const std::function<void(size_t)>& work,
                  const Progress& progress = {});

// Throws Error(kArgument, "interrupted") if `progress` is set and says so.
void report_progress(const Progress& progress, double share);

}  // namespace evarrow
