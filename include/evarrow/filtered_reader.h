// SPDX-License-Identifier: Apache-2.0
// A pass over a recording whose events go through filters.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/filter.h"
#include "evarrow/scan.h"

namespace evarrow {

// As Recording::metadata(), with the size of the sensor behind the filters.
std::vector<std::pair<std::string, std::string>> filtered_metadata(const Scan& scan,
                                                                   const Pipeline& pipeline);

class FilteredReader {
 public:
  // Makes the passes first that the filters need to learn. Predicate and limit of `scan` choose
  // the events that go into the pipeline, its columns those that come out. Nobody else may use the
  // pipeline meanwhile. Throws Error.
  FilteredReader(Scan scan, std::shared_ptr<Pipeline> pipeline);

  // Fills `batch` with the next rows; how many depends on what the filters leave. False at the
  // end. Memory comes from `batch` if nobody else holds it. Throws Error.
  bool next(Batch& batch);

  const Scan& scan() const noexcept { return scan_; }
  const Scan::Report& report() const noexcept { return reader_.report(); }
  const Pipeline& pipeline() const noexcept { return *pipeline_; }

 private:
  Scan scan_;
  std::shared_ptr<Pipeline> pipeline_;
  Reader reader_;
  EventBatch read_;
  bool ended_ = false;
};

}  // namespace evarrow
