// SPDX-License-Identifier: Apache-2.0
// The lines that the loops for this machine can read, many at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "formats/csv/csv.h"
#include "formats/event_sink.h"
#include "kernels/text.h"

namespace evarrow::csv {

class FastLines {
 public:
  FastLines(const Columns& columns, const Bounds& bounds, int8_t off) noexcept;

  // Hands the events of lines from `at` on to `sink` while they begin before `end` and are like
  // those before. Returns where the first line begins that it leaves to others.
  size_t run(std::string_view text, size_t at, size_t end, int64_t epoch, RowSink& sink) noexcept;
  size_t run(std::string_view text, size_t at, size_t end, int64_t epoch,
             SummarySink& sink) noexcept;

  // Looks at a line of plain numbers: the next ones may be like it.
  void learn(std::string_view line) noexcept;

 private:
  bool goes(int64_t epoch) noexcept;
  size_t went(size_t from, size_t to) noexcept;

  kernels::TextKernel read_ = kernels::text_kernel();
  kernels::TextCounter count_ = kernels::text_counter();
  kernels::TextState state_{};
  bool knows_lines_ = false;
  uint32_t waits_ = 0;  // lines not to be tried, since others were not like the ones before
};

}  // namespace evarrow::csv
