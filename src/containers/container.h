// SPDX-License-Identifier: Apache-2.0
// One stream of a container that is open: its plan and its file.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
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
  ChunkPlan plan;  // with `datasets` and the lines of `pictures` moved to their caches
  std::shared_ptr<Source> file;
  std::vector<std::unique_ptr<ChunkCache>> datasets;
  std::vector<std::unique_ptr<ChunkCache>> tiles;  // of the pictures, in their order
  std::unique_ptr<ChunkCache> periods;  // null: the file does not say, or what cannot be read
  mutable TimeProbes probes;
};

struct Conversion {
  int64_t epoch = 0;  // added to every time
  int8_t off = -1;    // the polarity of an OFF event
};

// Writes `n` stored values of a column as numbers of its type; returns how many do not fit.
size_t to_column(const ChunkPlan& plan, size_t column, Type type, const StoredValues& values,
                 size_t n, std::byte* to, const Conversion& how = {}) noexcept;

// Throws Error(kFormat) if the plan cannot be true, or has a filter that
// cannot be undone.
std::shared_ptr<const Container> open_container(ChunkPlan plan, std::shared_ptr<Source> file);

// The byte of the file where a row cannot be decoded, or where a number of it is that its column
// cannot hold; else where its time is. Nothing if the file has no place for it.
std::optional<uint64_t> byte_of_row(const Container& container, uint64_t row) noexcept;

// Some characters that tell the plan from others of the same file.
std::string fingerprint(const Container& container);

}  // namespace evarrow
