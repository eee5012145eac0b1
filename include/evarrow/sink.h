// SPDX-License-Identifier: Apache-2.0
// Batches into a file, which appears under its name only once it is complete.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

// Rows that are not in a new file, because its format cannot hold them.
struct Losses {
  uint64_t events = 0;
  uint64_t triggers = 0;
  std::string first;  // which the first one is and why, in one sentence; empty if there is none
};

class Sink {
 public:
  // Writes to a temporary file beside `path`, or to a descriptor (a pipe, standard output).
  // `header.format` names the format; whether the front can be changed at the end is found out.
  // Throws Error: kArgument if the format cannot be written or has no such option, or the file is
  // there and `overwrite` is not set, kSystem from the operating system.
  static Sink create(const std::filesystem::path& path, const Header& header,
                     bool overwrite = false, const EncodeOptions& options = {});
  // A program that wants an Error where a pipe loses its reader ignores SIGPIPE, as Python does.
  static Sink to_descriptor(int descriptor, const std::string& name, const Header& header,
                            const EncodeOptions& options = {});

  ~Sink();  // without finish(): the temporary file is removed
  Sink(Sink&&) noexcept;
  Sink& operator=(Sink&&) noexcept;

  // Whether write() takes triggers: not every format holds them beside events.
  bool takes_triggers() const noexcept;

  // From now on a trigger that the format cannot hold is left out and counted, not an Error, and an
  // event too unless `of_events` is false. That takes about a microsecond a row.
  void allow_loss(bool of_events = true) noexcept;
  const Losses& losses() const noexcept;

  // Appends events and triggers, merged by time within one call. Throws Error as Encoder::encode.
  void write(const EventBatch& events, const Batch& triggers);
  void write(const EventBatch& events);

  // Completes the file: writes what is left, syncs, renames. Throws Error.
  void finish();

  uint64_t events() const noexcept;
  uint64_t bytes() const noexcept;

 private:
  struct State;
  explicit Sink(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
