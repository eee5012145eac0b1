// SPDX-License-Identifier: Apache-2.0
// One stream of a container that is open: its plan and its file.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "containers/chunk_cache.h"
#include "evarrow/chunk_plan.h"
#include "io/source.h"

namespace evarrow {

// Times of rows that were looked at on the way to a window, by the number of the row.
struct TimeProbes {
  std::mutex mutex;  // guards what follows
  std::map<uint64_t, int64_t> times;
  bool contradicted = false;  // by each other, or by what the file says of them
};

struct Container {
  ChunkPlan plan;  // with `datasets` moved to their caches
  std::shared_ptr<Source> file;
  std::vector<std::unique_ptr<ChunkCache>> datasets;
  std::unique_ptr<ChunkCache> periods;  // null: the file does not say, or what cannot be read
  mutable TimeProbes probes;
};

// Throws Error(kFormat) if the plan cannot be true, or has a filter that
// cannot be undone.
std::shared_ptr<const Container> open_container(ChunkPlan plan, std::shared_ptr<Source> file);

// Some characters that tell the plan from others of the same file.
std::string fingerprint(const Container& container);

}  // namespace evarrow
