// SPDX-License-Identifier: Apache-2.0
// What a new file does not have because its format has no place for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/encoder.h"
#include "evarrow/event.h"
#include "evarrow/sink.h"

namespace evarrow {

// What was lost so far: one entry for each stream and way.
class Losses {
 public:
  const std::vector<Loss>& all() const noexcept { return all_; }

  // How many whole rows of a stream.
  uint64_t rows(std::string_view stream) const noexcept;

  // Counts one more; `which` says which it is and why.
  void add(std::string_view stream, bool of_values, const std::string& which);

 private:
  std::vector<Loss> all_;
};

// What row `i` says in columns of these names, in words; empty if nothing: what was not measured is
// not lost.
std::string lost_of_sample(const Batch& samples, size_t i,
                           std::span<const std::string_view> columns);

// The same of a frame, whose exposure is not lost if it is its time, nor its place if it is 0.
std::string lost_of_picture(const Picture& picture, std::span<const std::string_view> columns);

}  // namespace evarrow
