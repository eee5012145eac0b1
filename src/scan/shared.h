// SPDX-License-Identifier: Apache-2.0
// What the copies of a Recording share.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/chunk_plan.h"
#include "evarrow/format.h"
#include "evarrow/recording.h"
#include "io/source.h"

namespace evarrow {

struct Recording::Shared {
  std::string path;
  bool named_file = false;         // `path` is a file that can be looked up again
  std::shared_ptr<Source> source;  // of positions: bytes, or rows
  std::shared_ptr<Source> file;    // of bytes; the same as `source` unless that is of rows
  const Format* format = nullptr;
  std::shared_ptr<const Format> words;  // if that is none of formats() but a container's
  Faults faults;                        // met when it was opened
  std::string why;                      // what the corruption among them is, in words
  std::function<std::vector<std::byte>(const FramePlace&)> read_image;  // as in ContainerPlan
  Header header;
  // Streams that the file keeps apart from the events, each like a recording of its own. They live
  // as long as this does, and a recording of one of them holds this.
  std::vector<std::pair<std::string, std::unique_ptr<Shared>>> apart;
  const Shared* events = nullptr;  // of one of those: the recording of the events
  Options options;
  DecodeOptions decode;

  mutable std::mutex mutex;  // guards what follows
  mutable std::shared_ptr<const Index> index;
  mutable std::optional<int64_t> origin;  // what is taken off every time
  mutable bool pass_begun = false;        // of a sequential source
};

// The stream whose rows the index counts as events, and knows the times of: the events or, of a
// recording that is one of `apart`, its own.
std::string_view main_stream(const Recording::Shared& shared) noexcept;

// Whether the file keeps a stream apart from the events.
bool is_apart(const Recording::Shared& shared, std::string_view stream) noexcept;

// " at byte 17", or " at byte 17 (row 3)" where positions are rows, or " at line 17" where records
// are lines; " at row 3" or nothing where the file has no such byte.
std::string place(const Recording::Shared& shared, uint64_t offset);

// " at byte 17" or, of Error::kNoOffset, nothing.
std::string at_byte(uint64_t byte);

// The byte of the file at a position; Error::kNoOffset if there is none.
uint64_t byte_at(const Recording::Shared& shared, uint64_t offset) noexcept;

// Faults with the bytes where they are instead of positions.
Faults in_file(const Recording::Shared& shared, const Faults& faults) noexcept;

// What a container says itself of the times of its rows, where every row gives an event; else
// empty.
std::span<const RowTimes> known_times(const Recording::Shared& shared);

// The same open file read with other options; format and geometry stay.
Recording with_options(const Recording::Shared& shared, const Options& options);

// What is taken off every time of the sensor's clock, by the recording's `origin` option.
int64_t origin_of(const Recording::Shared& shared);

// Throws Error(kChanged) if the file is no longer the one that was opened.
void check_unchanged(const Recording::Shared& shared);

// The format whose words the payload begins with, if the recording's own fits them badly and
// another well; else null.
const Format* better_format(const Recording::Shared& shared);

// Says that a pass begins: throws Error(kChanged) as above, Error(kArgument) for the second pass
// over a pipe.
void begin_pass(const Recording::Shared& shared);

}  // namespace evarrow
