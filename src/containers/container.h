// SPDX-License-Identifier: Apache-2.0
// One stream of a container that is open: its plan and its file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "containers/chunk_cache.h"
#include "evarrow/chunk_plan.h"
#include "io/source.h"

namespace evarrow {

struct Container {
  ChunkPlan plan;  // with `datasets` moved to their caches
  std::shared_ptr<Source> file;
  std::vector<std::unique_ptr<ChunkCache>> datasets;
};

// Throws Error(kFormat) if the plan cannot be true, or has a filter that
// cannot be undone.
std::shared_ptr<const Container> open_container(ChunkPlan plan, std::shared_ptr<Source> file);

// Some characters that tell the plan from others of the same file.
std::string fingerprint(const Container& container);

}  // namespace evarrow
