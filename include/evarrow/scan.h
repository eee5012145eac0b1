// SPDX-License-Identifier: Apache-2.0
// A Scan describes a pass over a recording and is a value; a Reader is one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"
#include "evarrow/predicate.h"
#include "evarrow/recording.h"

namespace evarrow {

// Order of the rows of a pass.
inline constexpr uint64_t kNoLimit = ~uint64_t{0};

class Reader;

struct Scan {
  explicit Scan(Recording of) : recording(std::move(of)) {}

  Recording recording;
  std::string stream = "events";
  Predicate predicate;
  uint32_t columns = kAllColumns;  // bit i: column i of the stream's schema
  uint64_t limit = kNoLimit;       // the first rows that the predicate keeps
  size_t batch_size = 65'536;      // rows of a batch, the last one fewer
  // Streams of which the rows met on the way come out of Reader::take() too.
  std::vector<std::string> also;

  Schema schema() const noexcept;

  // Starts a pass. Throws Error, also kChanged if the file is no longer the one that was opened.
  Reader open() const;
  // Everything in one batch, in memory of its exact size. `also` streams come along in `others`,
  // in their order. Faults and warnings go to `report`.
  struct Report;
  Batch read(Report* report = nullptr, std::vector<Batch>* others = nullptr,
             const Progress& progress = {}) const;
  // The number of rows, without making them where the index can tell.
  uint64_t count() const;
};

// What a pass met on its way.
struct Scan::Report {
  Faults faults;
  std::vector<std::string> warnings;  // sentences for the user
  bool sorted = false;                // t is known not to decrease over all rows that came out
  uint64_t events_decoded = 0;        // before any predicate: what the pass cost
  uint64_t bytes_read = 0;
};

class Reader {
 public:
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // Fills `batch` with the next rows: `batch_size` of them, fewer at the end. False at the end.
  // Memory comes from `batch` if nobody else holds it, so a loop over one batch allocates nothing.
  // Throws Error(kDamaged) once what came before the damage has been delivered.
  bool next(Batch& batch);

  // Rows of a stream named in Scan::also that were met since the last call; may be empty.
  Batch take(std::string_view stream);

  // How far the pass is, 0 to 1, judged by the place in the recording; 0 for a pipe.
  double share_done() const noexcept;

  const Scan& scan() const noexcept;
  const Scan::Report& report() const noexcept;  // complete once next() said false

 private:
  friend struct Scan;
  struct Pass;
  explicit Reader(std::unique_ptr<Pass> pass) noexcept;
  std::unique_ptr<Pass> pass_;
};

// How many rows of a stream are sound, and between which times.
struct StreamSummary {
  std::string name;
  uint64_t rows = 0;
  std::optional<TimeRange> times;  // of its rows; none if there are none
};

// The streams beside the events, and every fault of every kind that was met on the way.
struct StreamsReport {
  std::vector<StreamSummary> streams;  // those that the format can hold, in its order
  Faults faults;
  bool damaged = false;
  std::vector<std::string> findings;  // sentences, those of a pass in file order
};
// Never throws for damage. What lies among the words of events is read with these.
StreamsReport survey_streams(const Recording& recording, const Progress& progress = {});

// What `evarrow validate` says: the same of the whole recording, with its events.
struct Validation : StreamsReport {
  uint64_t events = 0;
  std::optional<TimeRange> time_range;
  int64_t largest_step_back = 0;  // microseconds
};
Validation validate(const Recording& recording, const Progress& progress = {});

}  // namespace evarrow
